import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { eventually, ok, refused, status } from '../../runner/expectations.ts';
import type { HttpAnswer } from '../../drivers/http.ts';
import {
  ask,
  beat,
  freshRegistered,
  mustPass,
  mustRefuse,
  prepareHeartbeat,
  sealClaims,
  unixNow,
  unknownId,
} from './asking.ts';
import { anotherGateway, restarted, serving } from './restarting.ts';

const exclusive = true;
const timeoutMs = 45_000;
const BOUND = 40;

/** A refusal for want of room, which says when to come again. */
function noRoom(answer: HttpAnswer): void {
  status(answer, [429, 503]);
  const reasons = { 429: 'TooManyRequests', 503: 'CacheFull' } as const;
  refused(answer, { status: answer.status, reason: reasons[answer.status as 429 | 503] });
  const retry = answer.headers['retry-after'] ?? '';
  ok('Retry-After is a number of seconds', /^[1-9]\d{0,3}$/.test(retry), { got: retry });
}

function embedded(t: CheckContext): void {
  t.needs('the embedded chain, to cut it off', t.world.chain.provider === 'embedded');
}

/** Sends fresh credentials one after the other until one is refused, and gives that answer. */
async function untilFull(send: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  for (let count = 0; count <= BOUND; count += 1) {
    const answer = await send();
    if (answer.status !== 200) return answer;
  }
  return send();
}

export default defineChecks([
  check(
    'CR-SES-007',
    'at the bound a new session is refused and those in use go on',
    { timeoutMs, mutants: ['nonce-evicted', 'nonce-forgotten'] },
    async (t) => {
      const { gateway } = await anotherGateway(t, { 'limits.sessions': String(BOUND) });
      const user = await t.actors.fresh('user');
      await serving(t, gateway, user);
      const nonce = 'AAAAAAAAAAAAAAAAAAAAAA';
      const first = await sealClaims(t, user, { nonce });
      await mustPass(t, first, gateway);
      noRoom(await untilFull(async () => ask(t, await t.actors.session(user), gateway)));
      await mustPass(t, first, gateway);
      await mustRefuse(
        t,
        await sealClaims(t, user, { nonce, exp: unixNow() + 200 }),
        'ReplayDetected',
        gateway,
      );
    },
  ),

  check(
    'CR-CHN-015',
    'a flood of unknown ids drives no token out of the cache',
    { exclusive, timeoutMs, mutants: ['cache-evicts'] },
    async (t) => {
      embedded(t);
      const { gateway } = await anotherGateway(t, { 'limits.sessions': String(BOUND) });
      const user = await t.actors.fresh('user');
      await serving(t, gateway, user);
      const session = await t.actors.session(user);
      await mustPass(t, session, gateway);
      const unknown = await Promise.all(
        Array.from({ length: BOUND * 3 }, () => sealClaims(t, user, { token: unknownId() })),
      );
      for (const answer of await Promise.all(unknown.map((credential) => ask(t, credential, gateway)))) {
        refused(answer, { status: 401, reason: 'UnknownToken' });
      }
      await t.control.localnet({ path: 'outage', body: { mode: 'unavailable', seconds: 15 } });
      t.defer(() => t.control.localnet({ path: 'outage', body: { mode: 'unavailable', seconds: 0 } }));
      await mustPass(t, session, gateway);
    },
  ),

  check(
    'CR-CHN-010',
    'a cached look-up leaves the cache at its time',
    { exclusive, timeoutMs, mutants: ['cache-forever'] },
    async (t) => {
      embedded(t);
      const { gateway } = await anotherGateway(t, { 'timings.cache_ttl_seconds': '1' });
      const user = await t.actors.fresh('user');
      await serving(t, gateway, user);
      const session = await t.actors.session(user);
      await mustPass(t, session, gateway);
      await t.control.localnet({ path: 'outage', body: { mode: 'unavailable', seconds: 20 } });
      t.defer(() => t.control.localnet({ path: 'outage', body: { mode: 'unavailable', seconds: 0 } }));
      await eventually(
        'the end of the cached look-up',
        async () => ((await ask(t, session, gateway)).status === 503 ? true : undefined),
        { withinMs: 5_000, signal: t.signal },
      );
    },
  ),

  check(
    'CR-ONE-009',
    'a restart of the master forgets no nonce',
    { exclusive, timeoutMs, mutants: ['nonce-lost-at-restart', 'nonce-forgotten'] },
    async (t) => {
      const worker = await freshRegistered(t);
      const used = await Promise.all(Array.from({ length: 5 }, () => prepareHeartbeat(t, worker)));
      for (const prepared of used) status(await beat(t, prepared), 200);
      await restarted(t, 'master', {});
      for (const prepared of used)
        refused(await beat(t, prepared), { status: 401, reason: 'ReplayDetected' });
      await eventually(
        'a fresh heartbeat',
        async () => ((await beat(t, await prepareHeartbeat(t, worker))).status === 200 ? true : undefined),
        { withinMs: 10_000, signal: t.signal },
      );
    },
  ),

  check(
    'CR-ONE-010',
    'at the bound new credentials are refused and no nonce is forgotten',
    { exclusive, timeoutMs, mutants: ['nonce-evicted', 'nonce-forgotten'] },
    async (t) => {
      const worker = await freshRegistered(t);
      const used = await Promise.all(Array.from({ length: 3 }, () => prepareHeartbeat(t, worker)));
      for (const prepared of used) status(await beat(t, prepared), 200);
      // What the run has used so far may fill the smaller store already.
      await restarted(t, 'master', { 'limits.nonces': String(BOUND) });
      const fresh = async (): Promise<HttpAnswer> => beat(t, await prepareHeartbeat(t, worker));
      noRoom(await untilFull(fresh));
      noRoom(await fresh());
      for (const prepared of used)
        refused(await beat(t, prepared), { status: 401, reason: 'ReplayDetected' });
    },
  ),
]);
