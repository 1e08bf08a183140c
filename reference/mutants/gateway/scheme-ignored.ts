import { asked } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'scheme-ignored',
  defects: [],
  title: 'The last word of an Authorization header is taken for the credential, whatever its scheme',
  part: 'gateway',
  gateway: asked((request) => ({
    ...request,
    rawHeaders: request.rawHeaders.map((text, index) =>
      index % 2 === 1 && request.rawHeaders[index - 1]?.toLowerCase() === 'authorization'
        ? `Bearer ${text.trim().split(' ').at(-1)}`
        : text,
    ),
  })),
};
