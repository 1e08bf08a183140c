import { kubernetes } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

export const mutant: Mutant = {
  id: 'patch-on-old-state',
  defects: ['D28'],
  title: 'A patch is merged into what was read a moment before',
  part: 'master',
  master: kubernetes((handle) => {
    const before = new Map<string, Uint8Array>();
    return async (request) => {
      if (request.method !== 'PATCH' || !request.path.includes('/configmaps/')) return handle(request);
      const read = await handle({ ...request, method: 'GET', query: '', body: new Uint8Array() });
      if (!(read.body instanceof Uint8Array) || read.status !== 200) return read;
      const known = before.get(request.path) ?? read.body;
      before.set(request.path, read.body);
      const old = JSON.parse(Buffer.from(known).toString('utf8')) as { metadata: object; data?: object };
      const patch = JSON.parse(Buffer.from(request.body).toString('utf8')) as { data?: object };
      const { resourceVersion: _, ...metadata } = old.metadata as { resourceVersion?: string };
      const body = JSON.stringify({ ...old, metadata, data: { ...old.data, ...patch.data } });
      return handle({
        ...request,
        method: 'PUT',
        headers: { ...request.headers, 'content-type': 'application/json' },
        body: Buffer.from(body),
      });
    };
  }),
};
