import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../paths.ts';

/** How a run of the command line ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the command line as a user would. */
export async function daas(
  args: readonly string[],
  options: { interruptAfter?: RegExp; env?: Record<string, string> } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [join(PACKAGE_ROOT, 'conformance/cli/daas.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CI: 'true', ...options.env },
  });
  let stdout = '';
  let stderr = '';
  let interrupted = false;
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    if (interrupted || !options.interruptAfter?.test(stderr)) return;
    interrupted = true;
    child.kill('SIGINT');
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}
