import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, ok, unchanged } from '../../runner/expectations.ts';
import { STAKES } from '../../drivers/chain/package.ts';
import { eachRow } from '../../runner/rows.ts';
import type { Actor } from '../../world/actors.ts';
import { aborted, done, onlyEvent } from './outcomes.ts';
import {
  KINDS,
  advanceEpochs,
  chainSeconds,
  command,
  createToken,
  executeAs,
  gatewayWallet,
  noRequests,
  strangerIsStopped,
  type GatewayWallet,
} from './stage.ts';

const INVALID_TOKEN = 2;
const UNAUTHORISED = 3;

const tokenOf = (t: CheckContext, actor: Actor) => () => t.chain.object('SealToken', actor.token);

/** Both functions that take the token as a right refuse it with code 2. */
async function tokenIsDead(t: CheckContext, actor: Actor, gateway: GatewayWallet): Promise<void> {
  const request = command(actor);
  aborted('execute_kubectl_command', await executeAs(t, gateway, request), 'k8s_gateway', INVALID_TOKEN);
  await noRequests(t, [request.requestId]);
  const asked = await t.chain.attempt(actor.signer, (tx) =>
    t.chain.calls.nautilusInfo(tx, actor.token, actor.record),
  );
  aborted('get_nautilus_info_for_worker', asked, 'k8s_gateway', INVALID_TOKEN);
}

export default defineChecks([
  check(
    'CT-TOK-013',
    'the owner revokes a token for ever, with one event',
    { mutants: ['revocation-ignored'] },
    async (t) => {
      const [actor, gateway] = await Promise.all([t.actors.fresh('node'), gatewayWallet(t)]);
      done('a request before it', await executeAs(t, gateway, command(actor)));
      const revoked = await t.chain.attempt(actor.signer, (tx) => t.chain.calls.revokeToken(tx, actor.token));
      equal('the event', onlyEvent(done('revoking', revoked), 'SealTokenRevoked'), {
        token: actor.token,
        owner: actor.address,
        stake_record: actor.record,
      });
      equal('revoked', (await tokenOf(t, actor)()).revoked, true);
      await tokenIsDead(t, actor, gateway);
      // Nothing brings it back: neither a new token for the stake, nor what its owner could do to a live one.
      done('a new token', await createToken(t, actor.signer, 'node', actor.record));
      const now = await chainSeconds(t);
      await t.chain.attempt(actor.signer, (tx) => t.chain.calls.shortenToken(tx, actor.token, now + 60));
      await t.chain.attempt(actor.signer, (tx) => t.chain.calls.revokeToken(tx, actor.token));
      equal('revoked after all that', (await tokenOf(t, actor)()).revoked, true);
      await tokenIsDead(t, actor, gateway);
      const events = await t.chain.events('SealTokenRevoked', { token: actor.token });
      equal('events of its revocation', events.length, 1);
    },
  ),

  check(
    'CT-TOK-014/stranger',
    'nobody else revokes a token, with a stake and a token of his own neither',
    { mutants: ['revoke-by-anyone'] },
    async (t) => {
      const [actor, stranger, admin] = await Promise.all([
        t.actors.shared('user'),
        t.actors.wallet(),
        t.actors.fresh('admin'),
      ]);
      await unchanged('the token', tokenOf(t, actor), async () => {
        for (const [who, signer] of [
          ['a stranger', stranger],
          ['an administrator', admin.signer],
        ] as const) {
          const attempt = await t.chain.attempt(signer, (tx) => t.chain.calls.revokeToken(tx, actor.token));
          aborted(`revoking by ${who}`, attempt, 'k8s_gateway', UNAUTHORISED);
        }
      });
    },
  ),

  check(
    'CT-TOK-014/admin',
    'the holder of the AdminCap revokes a token, and only he does so with it',
    { mutants: ['admin-cap-shared'] },
    async (t) => {
      await t.needsCap('admin');
      const { admin: cap = '' } = await t.control.operator({});
      const actor = await t.actors.fresh('user');
      await unchanged('the token', tokenOf(t, actor), () =>
        strangerIsStopped(t, 'revoking as administrator', cap, (tx, object) =>
          t.chain.calls.revokeTokenAsAdmin(tx, object, actor.token),
        ),
      );
      const revoked = await t.chain.operate((tx) => t.chain.calls.revokeTokenAsAdmin(tx, cap, actor.token));
      const event = onlyEvent(done('revoking as administrator', revoked), 'SealTokenRevoked');
      equal('the token in the event', event.token, actor.token);
      equal('revoked', (await tokenOf(t, actor)()).revoked, true);
    },
  ),

  check(
    'CT-TOK-015',
    'the owner, and nobody else, moves expires_at earlier and never later',
    { mutants: ['lengthened-token'] },
    async (t) => {
      const [actor, stranger] = await Promise.all([t.actors.fresh('user'), t.actors.wallet()]);
      const { expires_at } = await tokenOf(t, actor)();
      const shorten = (signer: typeof stranger | Actor['signer'], to: number) =>
        t.chain.attempt(signer, (tx) => t.chain.calls.shortenToken(tx, actor.token, to));
      const earlier = Number(expires_at) - 60;
      await unchanged('the token', tokenOf(t, actor), async () => {
        aborted('shortening by a stranger', await shorten(stranger, earlier), 'k8s_gateway', UNAUTHORISED);
        const now = await chainSeconds(t);
        await eachRow(
          [
            ['a second later', Number(expires_at) + 1],
            ['a year later', Number(expires_at) + 31_536_000],
            ['a minute before the present', now - 60],
            ['the epoch', 0],
          ],
          async (to) => {
            const attempt = await shorten(actor.signer, to);
            ok('it is refused by an abort', attempt.kind === 'aborted', { got: attempt });
          },
        );
      });
      const event = onlyEvent(done('shortening', await shorten(actor.signer, earlier)), 'SealTokenShortened');
      equal('the event', event, { token: actor.token, owner: actor.address, expires_at: BigInt(earlier) });
      equal('expires_at', (await tokenOf(t, actor)()).expires_at, BigInt(earlier));
      ok('it does not go back', (await shorten(actor.signer, Number(expires_at))).kind === 'aborted');
    },
  ),

  check(
    'CT-TOK-016/slashed',
    'a token is dead from the transaction that slashes its stake',
    { mutants: ['slashed-stake-counts'] },
    async (t) => {
      await t.needsCap('slash');
      const gateway = await gatewayWallet(t);
      for (const kind of KINDS) {
        const actor = await t.actors.fresh(kind);
        done(`a request of the ${kind} before it`, await executeAs(t, gateway, command(actor)));
        await t.control.slash({ record: actor.record, reason: 'conformance' });
        await tokenIsDead(t, actor, gateway);
      }
    },
  ),

  check(
    'CT-TOK-016/withdrawn',
    'a token is dead from the transaction that withdraws its stake, within it, too',
    { exclusive: true, mutants: ['slashed-stake-counts'] },
    async (t) => {
      const actor = await t.actors.fresh('node');
      const gateway = await gatewayWallet(t, actor.signer);
      await advanceEpochs(t, STAKES.node.lockEpochs);
      const request = command(actor);
      const both = await t.chain.attempt(actor.signer, (tx) => {
        t.chain.calls.withdraw(tx, actor.record, actor.address);
        t.chain.calls.executeCommand(tx, gateway.cap, request);
      });
      aborted('a request after the withdrawal in one transaction', both, 'k8s_gateway', INVALID_TOKEN);
      done('a request before it', await executeAs(t, gateway, command(actor)));
      const paid = await t.chain.attempt(actor.signer, (tx) =>
        t.chain.calls.withdraw(tx, actor.record, actor.address),
      );
      done('the withdrawal', paid);
      await tokenIsDead(t, actor, gateway);
    },
  ),
]);
