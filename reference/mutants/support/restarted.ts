import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { MasterSeams } from '../../master/seams.ts';

/** Notices whether a master starts for the first time in its folder: its stores are opened before anything else. */
export function noticingRestart(seams: MasterSeams): {
  storeOptions: MasterSeams['storeOptions'];
  isRestart: () => boolean;
} {
  let restart: boolean | undefined;
  return {
    storeOptions: (options) => {
      restart ??= existsSync(join(options.directory, '..'));
      return seams.storeOptions(options);
    },
    isRestart: () => restart === true,
  };
}
