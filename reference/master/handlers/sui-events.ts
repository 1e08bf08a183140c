import * as v from 'valibot';
import { filled, matching, whole } from '../../protocol/schema.ts';
import type { HttpRequest } from '../http/request.ts';
import type { Reply } from '../http/reply.ts';
import { json } from '../http/reply.ts';
import { parseBody } from './worker-request.ts';

export interface SuiEventsDeps {
  /**
   * Told of every hint. The default does nothing with them but count: the chain is followed without
   * a gap anyway, and only what was read there is acted on.
   */
  onHint: (events: readonly PushedEvent[]) => void | Promise<void>;
}

const event = v.looseObject({
  tx_digest: v.pipe(filled, v.maxLength(64)),
  event_seq: v.union([whole(), matching(/^\d{1,10}$/, 'must be decimal digits')]),
});
const bodySchema = v.strictObject({ events: v.pipe(v.array(event), v.maxLength(1000)) });

/** An event as somebody claims it happened. */
export type PushedEvent = v.InferOutput<typeof event>;

/** POST /api/v1/sui-events. Throws ProtocolError BadRequest. */
export async function suiEvents(request: HttpRequest, deps: SuiEventsDeps): Promise<Reply> {
  const { events } = parseBody(bodySchema, await request.readBody(1 << 20));
  await deps.onHint(events);
  return json(202, { status: 'accepted' });
}
