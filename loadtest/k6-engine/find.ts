import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { UsageError } from '../../conformance/errors.ts';

/** Path of the k6 program: what `K6` names, else the first on `PATH`; undefined when there is none. */
export async function findK6(env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  const named = env['K6'];
  if (named) {
    if (await runs(named)) return named;
    throw new UsageError(`K6=${named} is not a program`, { hint: 'unset K6, or run K6=$(.ci/k6)' });
  }
  for (const dir of (env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const path = join(dir, 'k6');
    if (await runs(path)) return path;
  }
  return undefined;
}

function runs(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
