import { abortFor } from '../../../contracts/bindings/index.ts';
import { sealPayload } from '../../drivers/credential.ts';
import type { HttpAnswer } from '../../drivers/http.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, eventually, ok, reasonsOf, refused } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { pod } from '../../world/gateway-api.ts';
import type { Actor } from '../../world/actors.ts';
import { ask, goodClaims, mustPass, mustRefuse, PODS, sealClaims, unknownId } from './asking.ts';
import { badTokens, revoke } from './bad-tokens.ts';

/** What the table says of an execute_kubectl_command with a token that is no longer good. */
const ABORT = abortFor('k8s_gateway', 2) ?? { http: 0, reason: '' };

/** Milliseconds within which a change on chain must be obeyed. */
const SOON_MS = 5_000;

/** Sends both an accepted session and a fresh one until each is refused for this reason. */
async function endsSoon(t: CheckContext, actor: Actor, accepted: string, reason: string): Promise<void> {
  const since = Date.now();
  const refusedBy = async (): Promise<true | undefined> => {
    const answers = await Promise.all([ask(t, accepted), ask(t, await t.actors.session(actor))]);
    return answers.every((answer) => reasonsOf(answer.json).includes(reason)) ? true : undefined;
  };
  const left = (): number => Math.max(0, SOON_MS - (Date.now() - since));
  await eventually(`a refusal by ${reason}`, refusedBy, { withinMs: left(), signal: t.signal });
  refused(await ask(t, accepted), { status: 401, reason });
}

export default defineChecks([
  check(
    'CR-CHN-001',
    'a token that is no SealToken on chain is refused',
    { mutants: ['format-only'] },
    async (t) => {
      const user = await t.actors.shared('user');
      const { pool, registry, cluster, endpoint, package: packageId } = t.world.chain.ids;
      await eachRow(
        [
          ['a random id', unknownId()],
          ['the zero id', `0x${'0'.repeat(64)}`],
          ["the clock's id", `0x${'0'.repeat(63)}6`],
          ["the wallet's address", user.address],
          ['the stake record', user.record],
          ['the pool', pool],
          ['the registry', registry],
          ['the cluster', cluster],
          ['the endpoint', endpoint],
          ['the package', packageId],
        ],
        async (token) => void (await mustRefuse(t, await sealClaims(t, user, { token }), 'UnknownToken')),
      );
      await mustPass(t, await t.actors.session(user));
    },
  ),

  check(
    'CR-CHN-002',
    "another owner's token is refused as if there were none",
    { mutants: ['foreign-token-accepted'] },
    async (t) => {
      const [user, admin] = await Promise.all([t.actors.shared('user'), t.actors.fresh('admin')]);
      await mustPass(t, await t.actors.session(admin));
      const name = t.name('foreign');
      const foreign = (): Promise<string> => sealClaims(t, user, { token: admin.token });
      const theirs = await mustRefuse(t, await foreign(), 'UnknownToken');
      const none = await mustRefuse(t, await sealClaims(t, user, { token: unknownId() }), 'UnknownToken');
      equal('the two answers', theirs.json, none.json);
      const write = await t.gateway.with(await foreign(), 'POST', PODS, { body: pod(name) });
      refused(write, { status: 401, reason: 'UnknownToken' });
      equal('the requests on chain', await t.chain.events('K8sAPIRequest', { token: admin.token }), []);
      const borrowed = JSON.stringify({ ...goodClaims(t, admin), sub: user.address });
      await mustRefuse(t, await sealPayload(user.signer, borrowed), 'UnknownToken');
    },
  ),

  ...(
    [
      ['CR-CHN-003', 'revoked', 'TokenRevoked', 'revocation-unchecked'],
      ['CR-CHN-004', 'expired', 'TokenExpired', 'expiry-unchecked'],
      ['CR-CHN-005', 'slashed', 'StakeInactive', 'slashed-token-valid'],
    ] as const
  ).map(([id, state, reason, mutant]) =>
    check(id, `a token that is ${state} is refused`, { mutants: [mutant] }, async (t) => {
      const actor = (await badTokens(t))[state];
      await mustRefuse(t, await t.actors.session(actor), reason);
      const write = await t.gateway.as(actor, 'POST', PODS, { body: pod(t.name(state)) });
      refused(write, { status: 401, reason });
      equal('the requests on chain', await t.chain.events('K8sAPIRequest', { token: actor.token }), []);
    }),
  ),

  check(
    'CR-CHN-007',
    'a revocation is obeyed within 5 s although the token was cached',
    { mutants: ['cache-forever'] },
    async (t) => {
      const user = await t.actors.fresh('user');
      const accepted = await t.actors.session(user);
      await mustPass(t, accepted);
      await revoke(t, user);
      await endsSoon(t, user, accepted, 'TokenRevoked');
    },
  ),

  check(
    'CR-CHN-008/slashing',
    'a slashing is obeyed within 5 s although the token was cached',
    { mutants: ['cache-forever', 'slashed-token-valid'] },
    async (t) => {
      await t.needsCap('slash');
      const user = await t.actors.fresh('user');
      const accepted = await t.actors.session(user);
      await mustPass(t, accepted);
      await t.control.slash({ record: user.record, reason: 'conformance' });
      await endsSoon(t, user, accepted, 'StakeInactive');
    },
  ),

  check(
    'CR-CHN-016',
    'an abort of the contract is no fault of the server',
    { mutants: ['aborts-unmapped'] },
    async (t) => {
      const admin = await t.actors.fresh('admin');
      await mustPass(t, await t.actors.session(admin));
      // Writes are under way all the time while the token is revoked: some pass the gateway's own check and abort on chain.
      const untilRefused = async (): Promise<HttpAnswer> => {
        for (;;) {
          t.signal.throwIfAborted();
          const body = pod(t.name('late'));
          const answer = await t.gateway.as(admin, 'POST', `${PODS}?dryRun=All`, { body, timeoutMs: 15_000 });
          // More at once than the machine can do is no matter here.
          if (![201, 429, 504].includes(answer.status)) return answer;
        }
      };
      const refusing = Promise.all(Array.from({ length: 8 }, untilRefused));
      await Promise.all([refusing, revoke(t, admin)]);
      const refusals = await refusing;
      for (const answer of refusals) {
        refused(answer, { status: ABORT.http, reason: [ABORT.reason, 'TokenRevoked'] });
      }
    },
  ),

  check(
    'CR-CHN-006',
    'a token whose stake was withdrawn is refused',
    { exclusive: true, mutants: ['slashed-token-valid'] },
    async (t) => {
      const { user, accepted } = await withdrawn(t);
      await endsSoon(t, user, accepted, 'StakeInactive');
      const write = await t.gateway.as(user, 'POST', PODS, { body: pod(t.name('withdrawn')) });
      refused(write, { status: 401, reason: 'StakeInactive' });
    },
  ),

  check(
    'CR-CHN-008/withdrawal',
    'a withdrawal is obeyed within 5 s although the token was cached',
    { exclusive: true, mutants: ['cache-forever'] },
    async (t) => {
      const { user, accepted } = await withdrawn(t);
      await endsSoon(t, user, accepted, 'StakeInactive');
    },
  ),
]);

/** A user whose session was accepted and who has then taken the stake back. */
async function withdrawn(t: CheckContext): Promise<{ user: Actor; accepted: string }> {
  t.needs('the embedded chain, to reach the end of a lock', t.world.chain.provider === 'embedded');
  const user = await t.actors.fresh('user');
  const accepted = await t.actors.session(user);
  await mustPass(t, accepted);
  await t.control.localnet({ path: 'epoch', body: { advance: 11 } });
  const done = await t.chain.execute(user.signer, (tx) =>
    t.chain.calls.withdraw(tx, user.record, user.address),
  );
  ok('the stake could be withdrawn', done.ok, { got: done });
  return { user, accepted };
}
