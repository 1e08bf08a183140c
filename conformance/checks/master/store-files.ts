import { readFile, rm, writeFile } from 'node:fs/promises';
import type { OwnMaster } from '../../world/own-master.ts';

/** Contents of the files in which a master keeps data, by path. */
export type Contents = ReadonlyMap<string, Buffer>;

export async function contentsOf(own: OwnMaster): Promise<Contents> {
  const files = await own.files();
  const pairs = files.map(async (path): Promise<[string, Buffer][]> => {
    const content = await readFile(path).catch(() => undefined);
    return content === undefined ? [] : [[path, content]];
  });
  return new Map((await Promise.all(pairs)).flat());
}

/** Puts files back as they were, and takes away those that came since; the master must not run. */
export async function putBack(own: OwnMaster, contents: Contents): Promise<void> {
  for (const path of await own.files()) if (!contents.has(path)) await rm(path, { force: true });
  for (const [path, content] of contents) await writeFile(path, content);
}

/** Whether these bytes are no text: what is sealed is none. */
export function isBinary(content: Buffer): boolean {
  return content.includes(0) || content.toString('utf8').includes('\uFFFD');
}

const WINDOW = 24;

/** Stretches of bytes that stand in sealed files more than once, in one master's or in two masters' files. */
export function repeats(first: Contents, second: Contents = new Map()): number {
  const seen = new Set<string>();
  let found = 0;
  const look = (contents: Contents, counts: (window: string) => boolean): void => {
    for (const content of contents.values()) {
      if (!isBinary(content)) continue;
      for (let from = 0; from + WINDOW <= content.length; from += 1) {
        const bytes = content.subarray(from, from + WINDOW);
        // Padding of a file says nothing.
        if (bytes.every((byte) => byte === bytes[0])) continue;
        if (counts(bytes.toString('latin1'))) found += 1;
      }
    }
  };
  const alone = second.size === 0;
  look(first, (window) => {
    const repeated = alone && seen.has(window);
    seen.add(window);
    return repeated;
  });
  look(second, (window) => seen.has(window));
  return found;
}

/** Files that are there in both and differ, logs and large ones left out: among them are those of keys. */
export function changedSmallFiles(before: Contents, after: Contents): string[] {
  return [...before]
    .filter(([path, content]) => {
      const now = after.get(path);
      const small = content.length <= 16_384 && !path.endsWith('.log');
      return small && now !== undefined && !now.equals(content);
    })
    .map(([path]) => path);
}
