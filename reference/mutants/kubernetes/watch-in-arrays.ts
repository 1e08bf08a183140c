import { misreported, type Editable } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'watch-in-arrays',
  defects: [],
  title: 'A watch packs its events in arrays',
  part: 'master',
  master: misreported((event) => [[event] as unknown as Editable]),
};
