import { isWatch, kubernetes, withQuery, withoutQuery } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'watch-from-now',
  defects: ['D29'],
  title: 'A watch begins with the present, whatever resourceVersion it asks for',
  part: 'master',
  master: kubernetes((handle) => async (request) => {
    const asked = new URLSearchParams(request.query).get('resourceVersion') ?? '0';
    if (!isWatch(request) || asked === '0') return handle(request);
    const now = await handle(
      withoutQuery(withQuery(request, 'limit', '1'), 'watch', 'resourceVersion', 'fieldSelector'),
    );
    if (!(now.body instanceof Uint8Array)) return now;
    const list = JSON.parse(Buffer.from(now.body).toString('utf8')) as {
      metadata?: { resourceVersion?: string };
    };
    return handle(withQuery(request, 'resourceVersion', list.metadata?.resourceVersion ?? asked));
  }),
};
