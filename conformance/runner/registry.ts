import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HarnessError } from '../errors.ts';
import { FROM_SOURCE, PACKAGE_ROOT } from '../paths.ts';
import type { Check } from './check.ts';

/** Folder of the checks, and what their files are called: sources, or compiled ones in the published package. */
export const CHECKS = {
  root: FROM_SOURCE ? PACKAGE_ROOT : join(PACKAGE_ROOT, 'dist'),
  pattern: `conformance/checks/**/*.check.${FROM_SOURCE ? 'ts' : 'js'}`,
};

/** Every check there is, in a stable order. Throws HarnessError when two share an id. */
export async function loadChecks(): Promise<readonly Check[]> {
  return (await loadCheckFiles()).flatMap(({ checks }) => checks);
}

/** The files of checks, absolute, each with what it defines. */
export async function loadCheckFiles(): Promise<readonly { file: string; checks: readonly Check[] }[]> {
  const names: string[] = [];
  for await (const name of glob(CHECKS.pattern, { cwd: CHECKS.root })) names.push(name);
  const files = await Promise.all(
    names.toSorted().map(async (name) => {
      const file = join(CHECKS.root, name);
      const module = (await import(pathToFileURL(file).href).catch((cause: unknown) => {
        throw new HarnessError(`cannot load the checks of ${file}`, { cause });
      })) as { default: readonly Check[] };
      return { file, checks: module.default };
    }),
  );
  const seen = new Set<string>();
  for (const { id } of files.flatMap(({ checks }) => checks)) {
    if (seen.has(id)) throw new HarnessError(`two checks have the id ${id}`);
    seen.add(id);
  }
  return files;
}
