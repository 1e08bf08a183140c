import type { Reply } from '../../master/http/reply.ts';
import { failureOf, json } from '../../master/http/reply.ts';
import type { Handlers } from '../../master/router.ts';
import { ProtocolError } from '../../protocol/status.ts';
import type { MutantHooks } from '../types.ts';

type Endpoint = Exclude<keyof Handlers, 'kubernetes' | 'metrics' | 'health'>;
type Own<K extends Endpoint> = NonNullable<Handlers[K]>;

/** A master with one endpoint that goes about its requests in another way. */
export function endpoint<K extends Endpoint>(
  name: K,
  change: (own: Own<K>) => Own<K>,
): NonNullable<MutantHooks['master']> {
  return (seams) => ({
    ...seams,
    handlers: (own) => {
      const handlers = seams.handlers(own);
      const handler = handlers[name];
      return handler === undefined ? handlers : { ...handlers, [name]: change(handler as Own<K>) };
    },
  });
}

/** A master with one endpoint whose refusals for these reasons become this answer. */
export function forgiving<K extends Endpoint>(
  name: K,
  reasons: readonly string[],
  answer: Reply,
): NonNullable<MutantHooks['master']> {
  return endpoint(
    name,
    (own) =>
      (async (...args: Parameters<Own<K>>) => {
        try {
          return await (own as (...given: Parameters<Own<K>>) => Promise<Reply>)(...args);
        } catch (error) {
          if (error instanceof ProtocolError && reasons.includes(error.reason)) return answer;
          throw error;
        }
      }) as Own<K>,
  );
}

/** A master with something wrong in the JSON answers of one endpoint, refusals too. */
export function misspoken<K extends Endpoint>(
  name: K,
  edit: (body: Record<string, unknown>, reply: Reply) => unknown,
): NonNullable<MutantHooks['master']> {
  return endpoint(
    name,
    (own) =>
      (async (...args: Parameters<Own<K>>) => {
        const reply = await (own as (...given: Parameters<Own<K>>) => Promise<Reply>)(...args).catch(
          (error: unknown) => {
            if (error instanceof ProtocolError) return failureOf(error);
            throw error;
          },
        );
        if (!(reply.body instanceof Uint8Array)) return reply;
        const body = JSON.parse(Buffer.from(reply.body).toString()) as Record<string, unknown>;
        return json(reply.status, edit(body, reply) ?? body);
      }) as Own<K>,
  );
}

/** A master whose attestation documents have these bytes changed, after they were signed. */
export function forgedDocuments(change: (document: Buffer) => void): NonNullable<MutantHooks['master']> {
  return misspoken('attestation', (body) => {
    if (typeof body['document'] !== 'string') return;
    const document = Buffer.from(body['document'], 'base64url');
    change(document);
    body['document'] = document.toString('base64url');
  });
}
