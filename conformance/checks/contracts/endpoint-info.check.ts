import { OBJECTS, type ContractObjects } from '../../../contracts/bindings/index.ts';
import type { Attempt } from '../../drivers/chain/attempt.ts';
import { STAKES } from '../../drivers/chain/package.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, ok } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import type { Actor } from '../../world/actors.ts';
import { ACTIVE, MAINTENANCE, OFFLINE, bench, ownEndpoint, setStatuses } from './bench.ts';
import { aborted, done, onlyEvent } from './outcomes.ts';
import { advanceEpochs, createToken, expire, returned, staker } from './stage.ts';

const INVALID_TOKEN = 2;
const UNAUTHORISED = 3;
const UNAVAILABLE = 4;

const endpointOf = (t: CheckContext, id: string): Promise<ContractObjects['NautilusEndpoint']> =>
  t.chain.object('NautilusEndpoint', id);

/** Asks for the endpoint of a token: its own wallet at the token’s endpoint, unless told otherwise. */
function info(t: CheckContext, actor: Actor, by = actor.signer, endpoint?: string): Promise<Attempt> {
  return t.chain.attempt(by, (tx) => t.chain.calls.nautilusInfo(tx, actor.token, actor.record, endpoint));
}

export default defineChecks([
  check(
    'CT-END-006',
    'the owner of a node token is told the endpoint',
    { mutants: ['info-wrong'] },
    async (t) => {
      const node = await t.actors.shared('node');
      const { nautilus_endpoint } = await t.chain.object('SealToken', node.token);
      // The master may put its key on chain meanwhile; then the second reading agrees.
      const read = async (): Promise<ContractObjects['NautilusInfo'][]> => {
        const bytes = await returned(t, node.address, (tx) =>
          t.chain.calls.nautilusInfo(tx, node.token, node.record, nautilus_endpoint),
        );
        const { url, status, public_key, key_version, expected_pcrs } = await endpointOf(
          t,
          nautilus_endpoint,
        );
        return [OBJECTS.NautilusInfo.parse(bytes), { url, status, public_key, key_version, expected_pcrs }];
      };
      const [first, second] = [await read(), await read()];
      const [told, wanted] = first[0]?.key_version === first[1]?.key_version ? first : second;
      equal('what it is told', told, wanted);
    },
  ),

  check(
    'CT-END-007/ended',
    'a token that expired, was revoked or slashed is told nothing',
    { mutants: ['contract-expiry-unchecked', 'revocation-ignored', 'slashed-stake-counts'] },
    async (t) => {
      await t.needsCap('slash');
      const [expired, revoked, slashed] = await Promise.all([1, 2, 3].map(() => t.actors.fresh('node')));
      for (const actor of [expired!, revoked!, slashed!]) done('asking before', await info(t, actor));
      await expire(t, expired!);
      const { signer, token } = revoked!;
      done('revoking', await t.chain.attempt(signer, (tx) => t.chain.calls.revokeToken(tx, token)));
      await t.control.slash({ record: slashed!.record, reason: 'conformance' });
      await eachRow(
        [
          ['expired', expired!],
          ['revoked', revoked!],
          ['slashed', slashed!],
        ],
        async (actor) => aborted('asking', await info(t, actor), 'k8s_gateway', INVALID_TOKEN),
      );
    },
  ),

  check(
    'CT-END-007/withdrawn',
    'a token whose stake was withdrawn is told nothing',
    { exclusive: true, mutants: ['slashed-stake-counts'] },
    async (t) => {
      const node = await t.actors.fresh('node');
      await advanceEpochs(t, STAKES.node.lockEpochs);
      const withdrawn = await t.chain.attempt(node.signer, (tx) =>
        t.chain.calls.withdraw(tx, node.record, node.address),
      );
      done('the withdrawal', withdrawn);
      aborted('asking', await info(t, node), 'k8s_gateway', INVALID_TOKEN);
    },
  ),

  check(
    'CT-END-008',
    'strangers, users and administrators are told nothing',
    { mutants: ['info-for-anyone'] },
    async (t) => {
      const [stranger, user, node, admin, other] = await Promise.all([
        t.actors.wallet(),
        t.actors.shared('user'),
        t.actors.shared('node'),
        t.actors.shared('admin'),
        t.actors.fresh('node'),
      ]);
      const codes = [INVALID_TOKEN, UNAUTHORISED];
      await eachRow(
        [
          ['a stranger with a node token', info(t, node, stranger)],
          ['another node with a node token', info(t, node, other.signer)],
          ['a user', info(t, user)],
          ['an administrator', info(t, admin)],
        ],
        async (asked) => aborted('asking', await asked, 'k8s_gateway', codes),
      );
      done('asking by the owner', await info(t, node));
    },
  ),

  check(
    'CT-END-009/other',
    'an endpoint that is not the token’s is not told',
    { exclusive: true, mutants: ['info-wrong'] },
    async (t) => {
      const [node, own] = await Promise.all([t.actors.shared('node'), ownEndpoint(t)]);
      const asked = await info(t, node, node.signer, own.id);
      ok('asking for another endpoint aborts', asked.kind === 'aborted' && asked.module === 'k8s_gateway', {
        got: asked,
      });
    },
  ),

  check(
    'CT-END-009/inactive',
    'an endpoint that is not active is not told',
    { exclusive: true, mutants: ['endpoint-status-ignored'] },
    async (t) => {
      const { endpoint, node } = await bench(t);
      t.defer(() => setStatuses(t, { [endpoint.id]: ACTIVE, [t.world.chain.ids.endpoint]: ACTIVE }));
      done('asking before', await info(t, node, node.signer, endpoint.id));
      for (const status of [MAINTENANCE, OFFLINE]) {
        await setStatuses(t, { [endpoint.id]: status });
        const asked = await info(t, node, node.signer, endpoint.id);
        aborted(`asking in status ${status}`, asked, 'k8s_gateway', UNAVAILABLE);
      }
    },
  ),

  check(
    'CT-TOK-012',
    'a new token names an active endpoint, and there is none without',
    { exclusive: true, mutants: ['endpoint-status-ignored', 'aborts-renumbered'] },
    async (t) => {
      const { endpoint } = await bench(t);
      const main = t.world.chain.ids.endpoint;
      const { endpoints } = await t.chain.object('Registry', t.world.chain.ids.registry);
      const active = [...endpoints.filter((id) => id !== main), main];
      t.defer(() => setStatuses(t, Object.fromEntries(active.map((id) => [id, ACTIVE]))));
      const owner = await staker(t, 'user');
      for (const status of [MAINTENANCE, OFFLINE]) {
        await setStatuses(t, Object.fromEntries(active.map((id) => [id, status])));
        const made = await createToken(t, owner.signer, 'user', owner.record);
        aborted(`a token while all have status ${status}`, made, 'k8s_gateway', UNAVAILABLE);
      }
      await setStatuses(t, { [endpoint.id]: ACTIVE });
      const made = done(
        'a token while one is active',
        await createToken(t, owner.signer, 'user', owner.record),
      );
      equal('its endpoint', onlyEvent(made, 'SealTokenIssued').nautilus_endpoint, endpoint.id);
    },
  ),
]);
