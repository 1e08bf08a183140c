import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'nonce-before-signature',
  defects: ['D51'],
  title: 'A nonce counts as used before anybody looked whether the credential is good',
  part: 'credential',
  credential: (seams) => {
    const [shape, ...others] = seams.steps;
    const replay = others.filter(({ name }) => name === 'replay');
    const rest = others.filter(({ name }) => name !== 'replay');
    return { ...seams, steps: [...(shape ? [shape] : []), ...replay, ...rest] };
  },
};
