import type { Mutant } from '../types.ts';

/** How long a write is on its way to the log after everybody was told that it is there. */
const LATE_MS = 400;

/** Writes are acknowledged before they are in the log. */
export const mutant: Mutant = {
  id: 'acknowledged-before-log',
  defects: ['D50'],
  title: 'Writes are acknowledged before they are in the log',
  part: 'master',
  master: (seams) => ({
    ...seams,
    storeOptions: (options) =>
      seams.storeOptions({
        ...options,
        journal: (log) => ({
          append: (record) => {
            setTimeout(() => void log.append(record).catch(() => undefined), LATE_MS);
            return Promise.resolve();
          },
        }),
      }),
  }),
};
