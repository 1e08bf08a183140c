import { randomBytes } from 'node:crypto';
import { createdOf, mustExecute } from '../../drivers/chain/transactions.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, ok, refused, status } from '../../runner/expectations.ts';
import { nodeObject } from '../../world/played-node.ts';
import { newRequestId, playedGateway } from '../../world/played-gateway.ts';
import { created, isThere } from '../master/requests.ts';

const PODS = '/api/v1/namespaces/default/pods';

/**
 * A second cluster of the same package, with an endpoint of its own that nobody serves. As long as it is there, tokens
 * that are issued belong to it; it is set offline when the check ends.
 */
async function secondCluster(t: CheckContext): Promise<{ cluster: string; endpoint: string }> {
  await t.needsCap('admin');
  const { admin = '' } = await t.control.operator({});
  const { calls } = t.chain;
  const pcrs = [randomBytes(48), randomBytes(48), randomBytes(48)];
  const owner = await t.actors.wallet();
  const registered = await t.chain.operate((tx) =>
    calls.registerEndpoint(tx, admin, 'https://127.0.0.1:1', pcrs, owner.toSuiAddress()),
  );
  ok('the endpoint is registered', registered.kind === 'done', { got: registered });
  const endpoint = registered.created.find(({ type }) => type.endsWith('::NautilusEndpoint'))?.id ?? '';
  t.defer(async () => {
    await t.chain.operate((tx) => calls.setEndpointStatus(tx, admin, endpoint, 3));
  });
  const made = await mustExecute('making a second cluster', t.chain.client, owner, (tx) =>
    calls.createCluster(tx, endpoint, 'second'),
  );
  return { cluster: createdOf(made, '::k8s_interface::Cluster').id, endpoint };
}

export default defineChecks([
  check(
    'E2E-CLU-001',
    'tokens, credentials and events of another cluster of the package have no effect in this one',
    { exclusive: true, timeoutMs: 60_000, mutants: ['foreign-token-accepted', 'audience-unchecked'] },
    async (t) => {
      const ours = await t.actors.fresh('admin');
      const gateway = await playedGateway(t);
      const { cluster, endpoint } = await secondCluster(t);
      const [theirs, worker] = await Promise.all([t.actors.fresh('admin'), t.actors.fresh('node')]);
      const token = await t.chain.object('SealToken', theirs.token);
      equal('the endpoint of a token issued now', token.nautilus_endpoint, endpoint);

      // Their token, for our cluster; our token, for theirs. Ours passes.
      status(await t.gateway.as(ours, 'GET', PODS), 200);
      const unknown = { status: 401, reason: ['UnknownToken', 'AudienceMismatch'] };
      refused(await t.gateway.as(theirs, 'GET', PODS), unknown);
      const elsewhere = await t.actors.session(ours, { audience: cluster });
      refused(await t.gateway.with(elsewhere, 'GET', PODS), { status: 401, reason: 'AudienceMismatch' });
      refused(await t.master.register(worker), unknown);
      equal('the Node of their worker', await nodeObject(t, worker.nodeId), undefined);

      // An event of their cluster, with its payload handed to our master: it stays where it is.
      const name = t.name('theirs');
      const requestId = newRequestId();
      const request = created(name);
      await gateway.put(requestId, request);
      await gateway.announce(theirs, requestId, request);
      const [event] = await t.chain.events('K8sAPIRequest', { request_id: requestId });
      equal('the endpoint it is for', event?.data.nautilus_endpoint, endpoint);
      // The ledger is ordered: when ours, announced afterwards, has run, theirs was passed over.
      const mine = t.name('ours');
      equal('what becomes of ours', (await gateway.run(ours, created(mine))).status, 201);
      equal(
        'which of the objects are there',
        [await isThere(t, mine), await isThere(t, name)],
        [true, false],
      );
      equal('results of theirs', await t.chain.events('K8sAPIResult', { request_id: requestId }), []);
    },
  ),
]);
