import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from '../types.ts';

/** What it is called with comes after the key has been written. */
export const mutant: Mutant = {
  id: 'keys-readable',
  defects: [],
  title: 'Everybody may read the private keys of gateway and master',
  part: 'gateway',
  gateway: (seams) => {
    let directory = '';
    return {
      ...seams,
      config: (config) => {
        const own = seams.config(config);
        directory = own.data_dir;
        return own;
      },
      listen: (options) => {
        chmodSync(join(directory, 'tls.key'), 0o644);
        return seams.listen(options);
      },
    };
  },
  master: (seams) => ({
    ...seams,
    storeOptions: (options) => {
      chmodSync(join(options.directory, '../..', 'tls.key'), 0o644);
      return seams.storeOptions(options);
    },
  }),
};
