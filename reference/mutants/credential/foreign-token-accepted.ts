import { refuse, replaceStep, found } from '../../protocol/verification-steps.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'foreign-token-accepted',
  defects: ['D08'],
  title: "Anybody's token is good for anybody who signs",
  part: 'credential',
  credential: (seams) => ({
    ...seams,
    steps: replaceStep(seams.steps, 'token', async (context) => {
      const { token } = found(context.credential, 'shape').claims;
      const lookup = await seams.tokens.lookup(token, context.seams.tokenKind);
      if (lookup.status === 'unavailable') return refuse('ChainUnavailable', lookup.retryAfterSeconds);
      if (lookup.status === 'cache-full') return refuse('CacheFull', lookup.retryAfterSeconds);
      if (lookup.status === 'unknown') return refuse('UnknownToken');
      context.token = lookup;
      return undefined;
    }),
  }),
};
