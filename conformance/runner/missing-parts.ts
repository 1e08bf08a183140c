import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TargetFile } from '../target/types.ts';

/** Equipment that a run could use and does not find here, with the reason, for the report. */
export async function missingParts(file: TargetFile): Promise<{ part: string; reason: string }[]> {
  const missing: { part: string; reason: string }[] = [];
  const kubectl = process.env['KUBECTL'] ?? 'kubectl';
  if (!(await runs(kubectl, ['version', '--client']))) {
    missing.push({ part: 'kubectl', reason: 'not on PATH and KUBECTL names none: checks that drive it are untestable' });
  }
  const usesContainers = [file.gateway, file.master, file.worker].some(
    (part) => typeof part === 'object' && part.start?.container !== undefined,
  );
  if (usesContainers && !(await runs('docker', ['info']))) {
    missing.push({ part: 'docker', reason: 'the target starts containers and no Docker engine answers' });
  }
  if (file.chain.provider === 'url' && !file.wallets?.operator) {
    missing.push({ part: 'operator wallet', reason: 'wallets.operator is not given: nothing can be staked, slashed or registered' });
  }
  return missing;
}

async function runs(command: string, args: string[]): Promise<boolean> {
  try {
    await promisify(execFile)(command, args, { timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}
