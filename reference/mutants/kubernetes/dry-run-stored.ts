import { rewritten, withoutQuery } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'dry-run-stored',
  defects: [],
  title: 'A dry run is done',
  part: 'master',
  master: rewritten((request) => withoutQuery(request, 'dryRun')),
};
