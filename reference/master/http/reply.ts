import type { Reply } from '../../http/reply.ts';
import { json } from '../../http/reply.ts';
import type { ProtocolError } from '../../protocol/status.ts';
import { apiErrorBody, refusalHeaders } from '../../protocol/status.ts';

export type { Reply } from '../../http/reply.ts';
export { json, statusReply } from '../../http/reply.ts';

/** A refusal in the shape of the master's own endpoints. */
export function failureOf({ reason, http, message, retryAfter }: ProtocolError): Reply {
  return json(http, apiErrorBody(reason, message), refusalHeaders(reason, retryAfter));
}
