import { readFile, readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { MoveBuildError } from './build-errors.ts';
import { buildPackage } from './build.ts';
import type { CompiledPackage, SourceFiles } from './build.ts';

/**
 * Compiles somebody else's package for publishing: `Move.toml` and all of `sources/` in a folder, against the framework of
 * `contracts/framework`. Throws MoveBuildError.
 */
export async function buildFolder(folder: string): Promise<CompiledPackage> {
  const paths = ['Move.toml', ...(await sourcesOf(folder))];
  const files: SourceFiles = Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(folder, path), 'utf8')] as const)),
  );
  // Its own manifest names it.
  return buildPackage(files, 'package');
}

async function sourcesOf(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, 'sources'), { recursive: true }).catch((cause: unknown) => {
    throw new MoveBuildError(`${folder} is no Move package: it has no folder sources`, 'input_validation', {
      cause,
    });
  });
  return names
    .filter((name) => name.endsWith('.move'))
    .map((name) => `sources/${name.split(sep).join('/')}`)
    .toSorted();
}
