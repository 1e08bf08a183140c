import type { HttpAnswer } from '../../drivers/http.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, eventually } from '../../runner/expectations.ts';
import type { Actor } from '../../world/actors.ts';

/** The outcome of a request that ended in 504, under its own request id; the 504 itself when there is none to come. */
export async function outcomeOf(t: CheckContext, actor: Actor, late: HttpAnswer): Promise<HttpAnswer> {
  const id = late.headers['audit-id'] ?? '';
  const ask = async (): Promise<HttpAnswer | undefined> => {
    const answer = await t.gateway.as(actor, 'GET', `/daas/v1/requests/${id}`);
    if (answer.status === 202) return undefined;
    const code: unknown = at(answer.json, 'status_code');
    return answer.status === 200 && typeof code === 'number' ? recorded(id, code, answer) : late;
  };
  return eventually(`the outcome of ${id}`, ask, { withinMs: 10_000, intervalMs: 100 });
}

/** The answer that a record of one holds. */
function recorded(id: string, code: number, answer: HttpAnswer): HttpAnswer {
  const body = Buffer.from(String(at(answer.json, 'body')), 'base64url');
  const text = body.toString('utf8');
  const headers = { 'audit-id': id, 'content-type': String(at(answer.json, 'content_type')) };
  const json: unknown = text === '' ? undefined : JSON.parse(text);
  return { status: code, headers, body, text, json, exchange: answer.exchange };
}
