import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the installed package: where package.json is, also when this file runs from dist/. */
export const PACKAGE_ROOT = findRoot(dirname(fileURLToPath(import.meta.url)));

/** True when the TypeScript sources run as they are, false in the compiled package. */
export const FROM_SOURCE = import.meta.url.endsWith('.ts');

/** Absolute path of a source module of the package, whether it runs as TypeScript or compiled. */
export function modulePath(source: string): string {
  return FROM_SOURCE
    ? join(PACKAGE_ROOT, source)
    : join(PACKAGE_ROOT, 'dist', source.replace(/\.ts$/, '.js'));
}

/** Reads a JSON data file that ships with the package, by its path from the package's root. */
export async function readJson(path: string): Promise<Record<string, unknown>> {
  const value: unknown = JSON.parse(await readFile(join(PACKAGE_ROOT, path), 'utf8'));
  if (typeof value !== 'object' || value === null) throw new TypeError(`${path} is not a JSON object`);
  return value as Record<string, unknown>;
}

function findRoot(from: string): string {
  let dir = from;
  while (!existsSync(join(dir, 'package.json'))) {
    const parent = dirname(dir);
    if (parent === dir) throw new Error(`no package.json above ${from}`);
    dir = parent;
  }
  return dir;
}
