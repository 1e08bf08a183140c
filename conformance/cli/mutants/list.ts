import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { modulePath } from '../../paths.ts';

/** One known defect that the reference can be started with. */
export interface Mutant {
  /** Value of K3S_DAAS_MUTANT. */
  id: string;
  defects: string[];
  title: string;
}

/** The reference says itself which mutants it has: the suite imports nothing of it. */
export async function listMutants(): Promise<Mutant[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [modulePath('reference/mutants/main.ts')]);
  return JSON.parse(stdout) as Mutant[];
}
