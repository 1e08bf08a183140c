import type { HttpAnswer, SendOptions } from '../../drivers/http.ts';
import { freshNonce, sealPayload, type Claims, type MintOptions } from '../../drivers/credential.ts';
import type { CheckContext } from '../../runner/context.ts';
import { isStatus, refused, status } from '../../runner/expectations.ts';
import type { Actor } from '../../world/actors.ts';
import { headersOf, HEARTBEAT, prepareHeartbeatOf, type Prepared } from '../../world/replay-attack.ts';
import { outcomeOf } from '../gateway/late-answer.ts';

/** What every user may read. */
export const PODS = '/api/v1/namespaces/default/pods';

export const unixNow = (): number => Math.floor(Date.now() / 1000);

/** An id that no object has. */
export const unknownId = (): string =>
  `0x${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex')}`;

/** Asks the gateway for the pods with exactly this credential. */
export function ask(t: CheckContext, credential: string, gateway = t.gateway): Promise<HttpAnswer> {
  return gateway.with(credential, 'GET', PODS);
}

/** Writes as `actor`; an answer that comes too late on a busy machine is answered by its outcome. */
export async function write(
  t: CheckContext,
  actor: Actor,
  method: string,
  target: string,
  options: SendOptions,
): Promise<HttpAnswer> {
  const answer = await t.gateway.as(actor, method, target, options);
  return answer.status === 504 ? outcomeOf(t, actor, answer) : answer;
}

/** The gateway must refuse this credential, in a Status, for this reason. */
export async function mustRefuse(
  t: CheckContext,
  credential: string,
  reason: string | readonly string[],
  gateway = t.gateway,
): Promise<HttpAnswer> {
  const answer = await ask(t, credential, gateway);
  refused(answer, { status: 401, reason });
  isStatus(answer, 'Unauthorized');
  return answer;
}

/** The gateway must let this credential read the pods. */
export async function mustPass(t: CheckContext, credential: string, gateway = t.gateway): Promise<void> {
  status(await ask(t, credential, gateway), 200);
}

/** Claims of a good session of this actor. */
export function goodClaims(t: CheckContext, actor: Actor): Claims {
  const now = unixNow();
  return {
    v: 1,
    token: actor.token,
    sub: actor.address,
    aud: t.world.chain.ids.cluster,
    nonce: freshNonce(),
    iat: now,
    exp: now + 120,
  };
}

/** A credential over any JSON text, signed by the actor. */
export function sealText(actor: Actor, text: string): Promise<string> {
  return sealPayload(actor.signer, text);
}

/** A session credential whose claims are the good ones with these changes. */
export function sealClaims(t: CheckContext, actor: Actor, changes: object = {}): Promise<string> {
  return sealText(actor, JSON.stringify({ ...goodClaims(t, actor), ...changes }));
}

/** The three parts of a credential. */
export function partsOf(credential: string): { payload: string; signature: string } {
  const [, payload = '', signature = ''] = credential.split('.');
  return { payload, signature };
}

export { HEARTBEAT };
export type { Prepared };
export const REGISTER = '/api/v1/register-worker';

/** A heartbeat of this worker with a credential of its own, not sent yet. */
export function prepareHeartbeat(
  t: CheckContext,
  worker: Actor,
  change: { mint?: Partial<MintOptions>; body?: Record<string, unknown> } = {},
): Promise<Prepared> {
  return prepareHeartbeatOf(worker, t.world.chain.ids.cluster, change);
}

/** Sends a heartbeat as it was prepared; `over` replaces parts of the request. */
export function beat(
  t: CheckContext,
  prepared: Prepared,
  over: { method?: string; target?: string; body?: string; headers?: Record<string, string> } = {},
): Promise<HttpAnswer> {
  return t.master.http.send(over.method ?? 'POST', over.target ?? HEARTBEAT, {
    headers: over.headers ?? headersOf(prepared),
    body: over.body ?? prepared.body,
  });
}

/** A registered worker that harmless checks share. */
export function registeredWorker(t: CheckContext): Promise<Actor> {
  return t.shared('a registered worker', freshRegistered, { again: true });
}

/** A new registered worker, for checks that harm it. */
export async function freshRegistered(t: CheckContext): Promise<Actor> {
  const worker = await t.actors.fresh('node');
  status(await t.master.register(worker), 200);
  return worker;
}
