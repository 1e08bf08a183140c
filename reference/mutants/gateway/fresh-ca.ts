import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'fresh-ca',
  defects: [],
  title: 'Each start makes a new certificate authority',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    config: (config) => {
      for (const name of ['ca.crt', 'tls.crt', 'tls.key', 'ca.key'])
        rmSync(join(config.data_dir, name), { force: true });
      return seams.config(config);
    },
  }),
};
