import { randomBytes } from 'node:crypto';
import type { KubectlCommand } from '../../drivers/chain/package.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { equal } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { ACTIVE, MAINTENANCE, OFFLINE, bench, setStatuses } from './bench.ts';
import { aborted, done } from './outcomes.ts';
import {
  atExpiry,
  command,
  executeAs,
  expire,
  gatewayWallet,
  noRequests,
  staker,
  strangerIsStopped,
  timedEvent,
  type GatewayWallet,
} from './stage.ts';

const INVALID_TOKEN = 2;
const UNAUTHORISED = 3;
const UNAVAILABLE = 4;
const ID_USED = 5;

export default defineChecks([
  check(
    'CT-EXE-001',
    'a request leaves one event with what was given',
    { mutants: ['request-events-wrong'] },
    async (t) => {
      const [gateway, admin, user] = await Promise.all([
        gatewayWallet(t),
        t.actors.shared('admin'),
        t.actors.shared('user'),
      ]);
      const rows: [string, [typeof admin, Partial<KubectlCommand>]][] = [
        ['a read', [user, { resourceType: 'services', path: '/api/v1/services', namespace: '' }]],
        ['a create', [admin, { method: 'POST', resourceType: 'secrets', namespace: 'kube-system' }]],
        [
          'a delete',
          [
            admin,
            {
              method: 'DELETE',
              path: '/apis/apps/v1/namespaces/a/deployments/b',
              resourceType: 'deployments',
            },
          ],
        ],
      ];
      await eachRow(rows, async ([actor, changes]) => {
        const request = command(actor, changes);
        const token = await t.chain.object('SealToken', actor.token);
        const event = await timedEvent(t, 'K8sAPIRequest', () => executeAs(t, gateway, request));
        equal(
          'the event',
          { ...event, payload_digest: Buffer.from(event.payload_digest).toString('hex') },
          {
            request_id: request.requestId,
            token: actor.token,
            method: request.method,
            path: request.path,
            namespace: request.namespace,
            resource_type: request.resourceType,
            payload_digest: Buffer.from(request.payloadDigest).toString('hex'),
            requester: actor.address,
            nautilus_endpoint: token.nautilus_endpoint,
            timestamp_ms: 0n,
          },
        );
      });
    },
  ),

  check(
    'CT-EXE-002',
    'a token is refused from the second expires_at on',
    { mutants: ['contract-expiry-unchecked'] },
    async (t) => {
      const [actor, gateway] = await Promise.all([t.actors.fresh('user'), gatewayWallet(t)]);
      const own = await gatewayWallet(t, actor.signer);
      const [before, within, after] = [command(actor), command(actor), command(actor)];
      done('a request before expiry', await executeAs(t, gateway, before));
      const exact = await atExpiry(t, actor, (tx) => t.chain.calls.executeCommand(tx, own.cap, within));
      aborted('a request in the second expires_at', exact, 'k8s_gateway', INVALID_TOKEN);
      await expire(t, actor);
      aborted('a request after expiry', await executeAs(t, gateway, after), 'k8s_gateway', INVALID_TOKEN);
      await noRequests(t, [within.requestId, after.requestId]);
    },
  ),

  check('CT-EXE-003', 'a revoked token is refused', { mutants: ['revocation-ignored'] }, async (t) => {
    const [actor, gateway] = await Promise.all([t.actors.fresh('admin'), gatewayWallet(t)]);
    done('a request before the revocation', await executeAs(t, gateway, command(actor)));
    const revoked = await t.chain.attempt(actor.signer, (tx) => t.chain.calls.revokeToken(tx, actor.token));
    done('the revocation', revoked);
    const request = command(actor);
    aborted('a request after it', await executeAs(t, gateway, request), 'k8s_gateway', INVALID_TOKEN);
    await noRequests(t, [request.requestId]);
  }),

  check(
    'CT-EXE-004',
    'a token with the stake of another is refused',
    { mutants: ['foreign-record-accepted'] },
    async (t) => {
      const [gateway, user, admin, other] = await Promise.all([
        gatewayWallet(t),
        t.actors.shared('user'),
        t.actors.shared('admin'),
        staker(t, 'user'),
      ]);
      const rows = [
        ['an administrator’s record', command(user, { record: admin.record })],
        ['another user’s record', command(user, { record: other.record })],
        ['a user’s record for an admin token', command(admin, { record: user.record })],
      ] as const;
      await eachRow(rows, async (request) =>
        aborted('the request', await executeAs(t, gateway, request), 'k8s_gateway', INVALID_TOKEN),
      );
      await noRequests(
        t,
        rows.map(([, { requestId }]) => requestId),
      );
    },
  ),

  check(
    'CT-EXE-007/again',
    'a request id is used once, by whomever',
    { mutants: ['request-id-reused'] },
    async (t) => {
      const [gateway, other, user, admin] = await Promise.all([
        gatewayWallet(t),
        gatewayWallet(t),
        t.actors.shared('user'),
        t.actors.shared('admin'),
      ]);
      const first = command(user);
      done('the first request', await executeAs(t, gateway, first));
      const rows: [string, [GatewayWallet, KubectlCommand]][] = [
        ['the same again', [gateway, first]],
        ['another payload', [gateway, { ...first, payloadDigest: randomBytes(32) }]],
        ['another token', [gateway, command(admin, { requestId: first.requestId })]],
        ['another gateway', [other, first]],
        ['another gateway and token', [other, command(admin, { requestId: first.requestId })]],
      ];
      await eachRow(rows, async ([by, request]) =>
        aborted('the request', await executeAs(t, by, request), 'k8s_gateway', ID_USED),
      );
      const events = await t.chain.events('K8sAPIRequest', { request_id: first.requestId });
      equal('events of that id', events.length, 1);
    },
  ),

  check(
    'CT-EXE-007/at-once',
    'of copies sent at once, or in one transaction, at most one passes',
    { mutants: ['request-id-reused'] },
    async (t) => {
      const user = await t.actors.shared('user');
      const gateways = await Promise.all([1, 2, 3, 4].map(() => gatewayWallet(t)));
      const request = command(user);
      const attempts = await Promise.all(gateways.map((gateway) => executeAs(t, gateway, request)));
      equal('how many passed', attempts.filter(({ kind }) => kind === 'done').length, 1);
      for (const attempt of attempts.filter(({ kind }) => kind !== 'done'))
        aborted('the others', attempt, 'k8s_gateway', ID_USED);
      const twice = command(user);
      const { signer, cap } = gateways[0]!;
      const both = await t.chain.attempt(signer, (tx) => {
        t.chain.calls.executeCommand(tx, cap, twice);
        t.chain.calls.executeCommand(tx, cap, twice);
      });
      aborted('one id twice in one transaction', both, 'k8s_gateway', ID_USED);
      await noRequests(t, [twice.requestId]);
    },
  ),

  check(
    'CT-EXE-008',
    'only the wallet of a registered gateway that is not retired makes requests',
    { mutants: ['retired-gateway-accepted'] },
    async (t) => {
      const [gateway, admin] = await Promise.all([gatewayWallet(t), t.actors.shared('admin')]);
      const [stolen, before, after] = [command(admin), command(admin), command(admin)];
      await strangerIsStopped(t, 'a request', gateway.cap, (tx, cap) =>
        t.chain.calls.executeCommand(tx, cap, stolen),
      );
      done('the gateway’s request', await executeAs(t, gateway, before));
      await t.control.retireGateway({ cap: gateway.cap });
      aborted(
        'the retired gateway’s request',
        await executeAs(t, gateway, after),
        'k8s_gateway',
        UNAUTHORISED,
      );
      await noRequests(t, [stolen.requestId, after.requestId]);
    },
  ),

  check(
    'CT-EXE-011',
    'a token of an endpoint out of service makes no requests',
    { exclusive: true, mutants: ['endpoint-status-ignored'] },
    async (t) => {
      const { endpoint, gateway, admin } = await bench(t);
      const main = t.world.chain.ids.endpoint;
      t.defer(() => setStatuses(t, { [endpoint.id]: ACTIVE, [main]: ACTIVE }));
      done('a request before', await executeAs(t, gateway, command(admin)));
      for (const status of [MAINTENANCE, OFFLINE]) {
        await setStatuses(t, { [endpoint.id]: status });
        const request = command(admin);
        aborted(
          `a request in status ${status}`,
          await executeAs(t, gateway, request),
          'k8s_gateway',
          UNAVAILABLE,
        );
        await noRequests(t, [request.requestId]);
      }
      await setStatuses(t, { [endpoint.id]: ACTIVE, [main]: ACTIVE });
      done('a request after', await executeAs(t, gateway, command(admin)));
    },
  ),
]);
