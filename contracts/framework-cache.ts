import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir } from './cache-dir.ts';
import type { FrameworkPackage, SourceFiles } from './build.ts';

/** What a cached framework was made from: it is used for these sources and this compiler alone. */
export interface FrameworkInput {
  readonly sources: readonly SourceFiles[];
  readonly compilerVersion: string;
}

interface CacheFile {
  readonly packages: readonly { readonly address: '0x1' | '0x2'; readonly modules: readonly string[] }[];
}

/**
 * The compiled framework from the cache, or from `compile` when it is not there, whole and of this input; then it is
 * kept for the next process. A cache that cannot be read or written is no error.
 */
export async function cachedFramework(
  input: FrameworkInput,
  compile: () => Promise<FrameworkPackage[]>,
  dir = cacheDir(),
): Promise<FrameworkPackage[]> {
  const path = join(dir, `framework-${hash(JSON.stringify(input)).slice(0, 24)}.json`);
  const known = await read(path);
  if (known !== undefined) return known;
  const made = await compile();
  await write(path, made).catch(() => {});
  return made;
}

/** The file is the hash of the rest, a line feed and the rest, so that a torn write shows. */
async function read(path: string): Promise<FrameworkPackage[] | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    const body = text.slice(text.indexOf('\n') + 1);
    if (text !== `${hash(body)}\n${body}`) return undefined;
    const { packages } = JSON.parse(body) as CacheFile;
    return packages.map(({ address, modules }) => ({
      address,
      modules: modules.map((module) => new Uint8Array(Buffer.from(module, 'base64'))),
    }));
  } catch {
    return undefined;
  }
}

async function write(path: string, packages: readonly FrameworkPackage[]): Promise<void> {
  const file: CacheFile = {
    packages: packages.map(({ address, modules }) => ({
      address,
      modules: modules.map((module) => Buffer.from(module).toString('base64')),
    })),
  };
  const body = JSON.stringify(file);
  const draft = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    await writeFile(draft, `${hash(body)}\n${body}`, { mode: 0o600 });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Version of an installed package, from the manifest above one of its modules. */
export async function packageVersion(specifier: string): Promise<string> {
  for (let dir = dirname(fileURLToPath(import.meta.resolve(specifier))); ; dir = dirname(dir)) {
    const text = await readFile(join(dir, 'package.json'), 'utf8').catch(() => '{}');
    const { version } = JSON.parse(text) as { version?: string };
    if (version !== undefined) return version;
    if (dir === dirname(dir)) throw new Error(`no manifest above ${specifier}`);
  }
}
