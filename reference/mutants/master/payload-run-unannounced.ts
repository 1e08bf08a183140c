import type { ApiRequest } from '../../kubernetes/types.ts';
import type { KubernetesHandle } from '../../master/seams.ts';
import type { Mutant } from '../types.ts';

/** How long a payload waits for its announcement, milliseconds. */
const PATIENCE_MS = 600;

interface Payload {
  method: string;
  path: string;
  query: string;
  content_type: string;
  body: string;
}

/** A payload whose announcement does not come is run without it. */
export const mutant: Mutant = {
  id: 'payload-run-unannounced',
  defects: ['D37'],
  title: 'A payload whose announcement does not come is run all the same',
  part: 'master',
  master: (seams) => {
    const announced = new Set<string>();
    let handle: KubernetesHandle | undefined;
    const run = async (id: string, payload: Payload): Promise<void> => {
      if (announced.has(id)) return;
      const request: ApiRequest = {
        method: payload.method,
        path: payload.path,
        query: payload.query,
        headers: { 'content-type': payload.content_type },
        body: Buffer.from(payload.body, 'base64url'),
        user: { name: 'mutant', groups: ['daas:admins'] },
        signal: new AbortController().signal,
        requestId: id,
      };
      await handle?.(request);
    };
    return {
      ...seams,
      events: (source) => ({
        async *follow(options) {
          for await (const batch of seams.events(source).follow(options)) {
            for (const { data } of batch.events) announced.add(String(data['request_id']));
            yield batch;
          }
        },
      }),
      kubernetes: (own) => (handle = seams.kubernetes(own)),
      handlers: (own) => {
        const handlers = seams.handlers(own);
        return {
          ...handlers,
          putRequest: async (request, id) => {
            let bytes: Uint8Array | undefined;
            const readBody = async (limit: number): Promise<Uint8Array> =>
              (bytes ??= await request.readBody(limit));
            const reply = await handlers.putRequest({ ...request, readBody }, id);
            if (reply.status === 202 && bytes !== undefined) {
              const payload = JSON.parse(Buffer.from(bytes).toString('utf8')) as Payload;
              setTimeout(() => void run(id, payload).catch(() => undefined), PATIENCE_MS).unref();
            }
            return reply;
          },
        };
      },
    };
  },
};
