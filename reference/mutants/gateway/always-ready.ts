import { answering } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'always-ready',
  defects: [],
  title: 'readyz is ok whatever is out of reach',
  part: 'gateway',
  gateway: answering((reply, { path }) =>
    path === '/readyz'
      ? { status: 200, headers: { 'content-type': 'text/plain' }, body: Buffer.from('ok') }
      : reply,
  ),
};
