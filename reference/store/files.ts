import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Contents of a file, undefined when there is none. */
export async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaces a file whole (mode 0600): after a crash it holds the old or the new contents, nothing between. */
export async function writeDurably(file: string, contents: Uint8Array): Promise<void> {
  const fresh = `${file}.tmp`;
  const handle = await open(fresh, 'w', 0o600);
  try {
    await handle.writeFile(contents);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
  await syncDirectory(dirname(file));
}

/** Makes creations, renames and removals in a directory durable. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
