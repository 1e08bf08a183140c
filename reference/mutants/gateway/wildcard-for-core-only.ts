import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'wildcard-for-core-only',
  defects: ['D42'],
  title: '*:* does not cover resources of other groups',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    permits: (held, required) =>
      seams.permits(
        required.includes('.') ? held.filter((permission) => permission !== '*:*') : held,
        required,
      ),
  }),
};
