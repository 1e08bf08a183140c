import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'parser-answers-bare',
  defects: [],
  title: 'What the HTTP parser refuses gets no Status, but the bare answer of node',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    listen: (options) => {
      const server = seams.listen(options);
      return server.once('listening', () => server.removeAllListeners('clientError'));
    },
  }),
};
