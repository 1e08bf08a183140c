import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir } from './cache-dir.ts';
import type { SourceFiles } from './build.ts';

/** What a build was made from: what is cached counts for these sources and this compiler alone. */
export interface BuildInput {
  readonly sources: readonly SourceFiles[];
  readonly compilerVersion: string;
}

export interface CachedBuildOptions<T> {
  /** Begins the file's name. */
  readonly name: string;
  readonly input: BuildInput;
  readonly compile: () => Promise<T>;
  readonly dir?: string;
}

/** Of the file: a change of it makes other names, so that no file of an older format is read. */
const FORMAT = 2;

/**
 * What was compiled, from the cache, or from `compile` when it is not there, whole and of this input; then it is kept for
 * the next process. It is plain data, in which bytes are Uint8Arrays. A cache that cannot be read or written is no error.
 */
export async function cachedBuild<T>(options: CachedBuildOptions<T>): Promise<T> {
  const { name, input, compile, dir = cacheDir() } = options;
  const path = join(dir, `${name}-${hash(JSON.stringify({ format: FORMAT, ...input })).slice(0, 24)}.json`);
  const known = (await read(path)) as T | undefined;
  if (known !== undefined) return known;
  const made = await compile();
  await write(path, made).catch(() => {});
  return made;
}

/** The file is the hash of the rest, a line feed and the rest, so that a torn write shows. */
async function read(path: string): Promise<unknown> {
  try {
    const text = await readFile(path, 'utf8');
    const body = text.slice(text.indexOf('\n') + 1);
    return text === `${hash(body)}\n${body}` ? JSON.parse(body, fromBase64) : undefined;
  } catch {
    return undefined;
  }
}

async function write(path: string, made: unknown): Promise<void> {
  const body = JSON.stringify(made, toBase64);
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

const toBase64 = (_: string, value: unknown): unknown =>
  value instanceof Uint8Array ? { base64: Buffer.from(value).toString('base64') } : value;

const fromBase64 = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'base64' in value
    ? new Uint8Array(Buffer.from(String(value.base64), 'base64'))
    : value;

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
