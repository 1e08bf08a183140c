import { asked } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'any-media-type',
  defects: [],
  title: 'Every body is read as JSON, whatever it says it is',
  part: 'gateway',
  gateway: asked((request) => ({
    ...request,
    headers: { ...request.headers, ...(request.method === 'POST' && { 'content-type': 'application/json' }) },
  })),
};
