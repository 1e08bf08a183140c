import { asked } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'audit-id-from-client',
  defects: [],
  title: "A request goes under the client's own Audit-Id",
  part: 'gateway',
  gateway: asked((request) => ({ ...request, id: request.headers['audit-id'] ?? request.id })),
};
