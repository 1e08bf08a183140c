import { open, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** Another process, or another store in this one, works in the directory. */
export class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError';
}

const held = new Set<string>();

/**
 * Takes a directory for this process alone until it is disposed of. The lock of a process that is gone
 * does not count. Rejects with DirectoryInUseError.
 */
export async function lockDirectory(directory: string): Promise<AsyncDisposable> {
  const path = resolve(directory);
  if (held.has(path)) throw new DirectoryInUseError(`${path} is open in this process already`);
  held.add(path);
  const file = join(path, 'lock');
  try {
    await take(file, path);
  } catch (error) {
    held.delete(path);
    throw error;
  }
  return {
    [Symbol.asyncDispose]: async () => {
      await rm(file, { force: true });
      held.delete(path);
    },
  };
}

async function take(file: string, path: string): Promise<void> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const handle = await open(file, 'wx', 0o600);
      await handle.writeFile(`${process.pid} ${await startOf(process.pid)}`.trim());
      await handle.close();
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const [id = '', began = ''] = (await readFile(file, 'utf8').catch(() => '')).split(' ');
    const holder = Number.parseInt(id, 10);
    // In a container each start has the same process id: our own in the file is our predecessor's.
    if (holder !== process.pid && isAlive(holder) && (began === '' || began === (await startOf(holder))))
      throw new DirectoryInUseError(`${path} is used by process ${holder}`);
    await rm(file, { force: true });
  }
  throw new DirectoryInUseError(`${path} is being opened by another process`);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/**
 * When a process began, in ticks since the machine did; '' where the system does not tell. In a new container an id soon
 * belongs to another process, or to a thread, than it did in the last one.
 */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field is the program's name in brackets and may hold anything; the start is the twentieth after it.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
