import type { Mutant } from '../types.ts';

/** Cheap checks first, as it seems; but then an answer tells what only a signature should. */
const FIRST = ['shape', 'audience', 'token', 'kind', 'replay', 'binding', 'stake', 'token-expired'];

function place(name: string): number {
  const index = FIRST.indexOf(name);
  return index < 0 ? FIRST.length : index;
}

export const mutant: Mutant = {
  id: 'checks-reordered',
  defects: [],
  title: 'All checks are made, in another order',
  part: 'credential',
  credential: (seams) => ({
    ...seams,
    steps: seams.steps.toSorted((a, b) => place(a.name) - place(b.name)),
  }),
};
