import { asked } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'first-authorization-wins',
  defects: ['D48'],
  title: 'Of several Authorization headers the first one counts',
  part: 'gateway',
  gateway: asked((request) => {
    const values = request.rawHeaders.filter(
      (_, index) => request.rawHeaders[index - 1]?.toLowerCase() === 'authorization' && index % 2 === 1,
    );
    return { ...request, rawHeaders: values.length === 0 ? [] : ['authorization', values.at(0) ?? ''] };
  }),
};
