import type { Mutant } from '../types.ts';

/** What such proxies copy along with everything else. */
const CLAIMS = /^(?:x-remote-|impersonate-|x-forwarded-|x-seal-)/;

export const mutant: Mutant = {
  id: 'identity-header-trusted',
  defects: ['D48'],
  title: 'Headers with which the client names itself reach the master and are believed',
  part: 'gateway',
  gateway: (seams) => ({
    ...seams,
    forwardedHeaders: (request) => ({
      ...seams.forwardedHeaders(request),
      ...Object.fromEntries(Object.entries(request.headers).filter(([name]) => CLAIMS.test(name))),
    }),
  }),
};
