import type { Logger } from '../../protocol/logger.ts';
import type { Mutant } from '../types.ts';

/** Log lines do not say which request they are about. */
export const mutant: Mutant = {
  id: 'request-id-unlogged',
  defects: [],
  title: 'Log lines do not say which request they are about',
  part: 'master',
  master: (seams) => ({
    ...seams,
    log: (log) => {
      const own = seams.log(log);
      const info = (fields: object, words?: string): void => {
        const { request_id: _, ...rest } = fields as { request_id?: string };
        own.info(rest, words);
      };
      return Object.assign(Object.create(own) as Logger, { info });
    },
  }),
};
