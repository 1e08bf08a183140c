import { asked } from '../support/answers.ts';
import { unlessAdmitted } from '../support/steps.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'anonymous-served',
  defects: ['D01'],
  title: 'Whoever gives no credential may do everything',
  part: 'gateway',
  gateway: asked((request) => {
    const bare =
      !/^bearer +\S/i.test(request.headers['authorization'] ?? '') ||
      request.headers['authorization'] === undefined;
    return bare && !/^\w+ +\S|^seal1/i.test(request.headers['authorization'] ?? '')
      ? { ...request, rawHeaders: ['authorization', 'Bearer anonymous'] }
      : request;
  }),
  credential: (seams) => ({ ...seams, steps: unlessAdmitted(seams.steps, (text) => text === 'anonymous') }),
};
