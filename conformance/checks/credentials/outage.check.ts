import type { HttpAnswer } from '../../drivers/http.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, eventually, isStatus, ok, refused, status } from '../../runner/expectations.ts';
import type { Actor } from '../../world/actors.ts';
import { ask, beat, freshRegistered, mustPass, prepareHeartbeat, sealClaims, unknownId } from './asking.ts';

const UNAVAILABLE = { status: 503, reason: 'ChainUnavailable' } as const;
const exclusive = true;

/** Cuts the chain off, for `seconds` at most; it is back when the check ends or `restore` is called. */
async function cutChain(
  t: CheckContext,
  mode: 'unavailable' | 'hang',
  seconds: number,
): Promise<() => Promise<void>> {
  t.needs('the embedded chain, to cut it off', t.world.chain.provider === 'embedded');
  const set = (length: number): Promise<void> =>
    t.control.localnet({ path: 'outage', body: { mode, seconds: length } });
  await set(seconds);
  t.defer(() => set(0));
  return () => set(0);
}

/** A 503 that says when to come again. */
function unavailable(answer: HttpAnswer): void {
  refused(answer, UNAVAILABLE);
  const retry = answer.headers['retry-after'] ?? '';
  ok('Retry-After is a number of seconds', /^[1-9]\d{0,3}$/.test(retry), { got: retry });
}

/** Two users that the gateway has seen, one that it has not. */
async function users(t: CheckContext): Promise<{ cached: Actor; session: string; unknown: Actor }> {
  const [cached, unknown] = await Promise.all([t.actors.fresh('user'), t.actors.fresh('user')]);
  const session = await t.actors.session(cached);
  await mustPass(t, session);
  return { cached, session, unknown };
}

export default defineChecks([
  check(
    'CR-CHN-011',
    'an unknown token gets 503 while the chain is away',
    { exclusive, mutants: ['fail-open'] },
    async (t) => {
      const { unknown } = await users(t);
      await cutChain(t, 'unavailable', 15);
      const answer = await ask(t, await t.actors.session(unknown));
      unavailable(answer);
      isStatus(answer, 'ServiceUnavailable');
      unavailable(await ask(t, await sealClaims(t, unknown, { token: unknownId() })));
    },
  ),

  check(
    'CR-CHN-012',
    'a cached token goes on working while the chain is away',
    { exclusive, mutants: ['fail-closed-for-cached', 'cache-none'] },
    async (t) => {
      const { cached, session } = await users(t);
      await cutChain(t, 'unavailable', 15);
      for (let times = 0; times < 5; times += 1) {
        await mustPass(t, session);
        await mustPass(t, await t.actors.session(cached));
      }
    },
  ),

  check(
    'CR-CHN-009',
    'a hundred requests of one token need the chain for at most the first',
    { exclusive, mutants: ['cache-none'] },
    async (t) => {
      const { cached } = await users(t);
      const sessions = await Promise.all(Array.from({ length: 100 }, () => t.actors.session(cached)));
      // A chain that hangs shows each look-up: whoever asks it waits for its answer, or fails.
      await cutChain(t, 'hang', 15);
      const answers = await Promise.all(sessions.map((session) => ask(t, session)));
      equal('the statuses', new Set(answers.map((answer) => answer.status)), new Set([200]));
    },
  ),

  check(
    'CR-CHN-013',
    'a chain that never answers counts as unreachable',
    { exclusive, mutants: ['lookup-without-deadline'] },
    async (t) => {
      const { unknown, session } = await users(t);
      await cutChain(t, 'hang', 15);
      const since = Date.now();
      unavailable(
        await t.gateway.with(await t.actors.session(unknown), 'GET', '/api/v1/namespaces/default/pods'),
      );
      const took = Date.now() - since;
      const deadline = t.world.timings.request_deadline_ms;
      ok('the answer came within the request deadline', took <= deadline + 250, {
        wanted: deadline,
        got: took,
      });
      await mustPass(t, session);
    },
  ),

  check(
    'CR-CHN-014',
    'unknown tokens are looked up again soon after the chain is back',
    { exclusive, mutants: ['outage-remembered'] },
    async (t) => {
      const { unknown } = await users(t);
      const restore = await cutChain(t, 'unavailable', 15);
      unavailable(await ask(t, await t.actors.session(unknown)));
      await restore();
      const accepted = async (): Promise<true | undefined> =>
        (await ask(t, await t.actors.session(unknown))).status === 200 ? true : undefined;
      await eventually('the acceptance of the token', accepted, { withinMs: 5_000, signal: t.signal });
    },
  ),

  check(
    'CR-ONE-016',
    'the master serves known workers and puts others off while the chain is away',
    { exclusive, mutants: ['fail-open', 'fail-closed-for-cached', 'cache-none'] },
    async (t) => {
      const [known, unknown] = await Promise.all([freshRegistered(t), t.actors.fresh('node')]);
      status(await beat(t, await prepareHeartbeat(t, known)), 200);
      await cutChain(t, 'unavailable', 15);
      status(await beat(t, await prepareHeartbeat(t, known)), 200);
      unavailable(await beat(t, await prepareHeartbeat(t, unknown)));
      unavailable(await t.master.register(unknown));
      status(await beat(t, await prepareHeartbeat(t, known)), 200);
    },
  ),
]);
