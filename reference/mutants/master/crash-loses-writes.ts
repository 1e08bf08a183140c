import type { Mutant } from '../types.ts';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What was stored does not outlive the process. */
export const mutant: Mutant = {
  id: 'crash-loses-writes',
  defects: ['D50'],
  title: 'What was stored does not outlive the process',
  part: 'master',
  master: (seams) => ({
    ...seams,
    storeOptions: (options) =>
      seams.storeOptions({ ...options, directory: mkdtempSync(join(tmpdir(), 'lost-')) }),
  }),
};
