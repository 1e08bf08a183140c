import { replaced } from '../support/replaced.ts';
import type { Mutant } from '../types.ts';

/** A result that cannot be recorded at once is not recorded at all. */
export const mutant: Mutant = {
  id: 'result-given-up',
  defects: [],
  title: 'A result that cannot be recorded at once is given up',
  part: 'master',
  master: (seams) => ({
    ...seams,
    commands: (commands) => {
      const own = seams.commands(commands);
      return replaced(own, {
        recordResponse: (result, options) =>
          own
            .recordResponse(result, options)
            .catch(() => ({ digest: '', events: [], created: [], gasUsed: 0n })),
      });
    },
  }),
};
