import { randomBytes } from 'node:crypto';
import { newRequestId } from '../../protocol/ids.ts';
import { asked } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'audit-id-of-its-own',
  defects: [],
  title: 'The chain knows a request under another id than its Audit-Id',
  part: 'gateway',
  gateway: asked((request) => ({ ...request, id: newRequestId(randomBytes) })),
};
