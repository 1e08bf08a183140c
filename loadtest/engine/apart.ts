import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * On a machine of two cores gives one to the server and the other to this process, until disposed of: they no longer take
 * turns, and what a core of the server serves is seen. Does nothing where there are more cores, or no `taskset`.
 */
export async function apart(server: number | undefined): Promise<AsyncDisposable & { pinned: boolean }> {
  if (server === undefined || availableParallelism() !== 2)
    return { pinned: false, [Symbol.asyncDispose]: async () => {} };
  const release = async (): Promise<void> => {
    await Promise.all([pin(server, '0,1'), pin(process.pid, '0,1')]);
  };
  const pinned = (await pin(server, '0')) && (await pin(process.pid, '1'));
  if (!pinned) await release();
  return { pinned, [Symbol.asyncDispose]: release };
}

/** All threads of a process; false where that cannot be done. */
async function pin(pid: number, cores: string): Promise<boolean> {
  return run('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, String(pid)]).then(
    () => true,
    () => false,
  );
}
