import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'headers-unbounded',
  defects: ['D23'],
  title: 'A request may have any amount of headers',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    listen: (options) => seams.listen({ ...options, maxHeaderSize: 16_000_000 }),
  }),
  master: (seams) => ({
    ...seams,
    listen: (options) => seams.listen({ ...options, maxHeaderSize: 16_000_000 }),
  }),
};
