import { readdir, readFile } from 'node:fs/promises';
import type { WorkerStarted } from '../../target/worker-pool.ts';

/** A process as the system shows it to others. */
export interface ProcessFacts {
  pid: number;
  arguments: string;
  environment: string;
}

/**
 * The processes of a worker: those whose arguments or environment name one of its folders, itself and its children among
 * them. Undefined where the system has no /proc to look into.
 */
export async function processesOf(
  worker: Pick<WorkerStarted, 'dir' | 'tmp'>,
): Promise<ProcessFacts[] | undefined> {
  const entries = await readdir('/proc').catch(() => undefined);
  if (!entries) return undefined;
  const all = await Promise.all(entries.filter((name) => /^\d+$/.test(name)).map((pid) => factsOf(pid)));
  return all.filter(
    (one): one is ProcessFacts =>
      one !== undefined &&
      [worker.dir, worker.tmp].some(
        (folder) => one.arguments.includes(folder) || one.environment.includes(folder),
      ),
  );
}

/** Undefined for a process that is gone, or of another user. */
async function factsOf(pid: string): Promise<ProcessFacts | undefined> {
  try {
    const [told, given] = await Promise.all(
      ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'latin1')),
    );
    return { pid: Number(pid), arguments: spaced(told), environment: spaced(given) };
  } catch {
    return undefined;
  }
}

const spaced = (text: string | undefined): string => (text ?? '').replaceAll('\0', ' ');
