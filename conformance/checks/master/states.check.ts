import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, eventually, ok, refused, status } from '../../runner/expectations.ts';
import { pod } from '../../world/gateway-api.ts';
import { playedGateway } from '../../world/played-gateway.ts';
import { nodeObject, PlayedNode } from '../../world/played-node.ts';

/** Creates a pod for one node and waits until it is bound there. */
async function boundPod(t: CheckContext, node: string): Promise<string> {
  const gateway = await playedGateway(t);
  const admin = await t.actors.shared('admin');
  const name = t.name('bound');
  const spec = { nodeSelector: { 'kubernetes.io/hostname': node } };
  const created = await gateway.run(admin, {
    method: 'POST',
    target: '/api/v1/namespaces/default/pods',
    body: pod(name, { spec }),
  });
  equal('the status of the creation', created.status, 201);
  await eventually(
    `${name} on ${node}`,
    async () => {
      const answer = await t.master.asReader('GET', `/api/v1/namespaces/default/pods/${name}`);
      return at(answer.json, 'spec', 'nodeName') === node ? true : undefined;
    },
    { withinMs: 5_000 },
  );
  return name;
}

/** Pods bound to a node. */
async function podsOn(t: CheckContext, node: string): Promise<unknown[]> {
  const selector = encodeURIComponent(`spec.nodeName=${node}`);
  const answer = await t.master.asReader('GET', `/api/v1/pods?fieldSelector=${selector}`);
  status(answer, 200);
  const items = at(answer.json, 'items');
  return Array.isArray(items) ? items : [];
}

/** The pods of a node, as its agent asks for them. */
const bound = (name: string): string =>
  `/api/v1/pods?fieldSelector=${encodeURIComponent(`spec.nodeName=${name}`)}`;

const lease = (name: string) => ({
  body: {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace: 'kube-node-lease' },
    spec: { holderIdentity: name, leaseDurationSeconds: 40 },
  },
});

/** Whether no pod can come to the node any more. */
async function isShut(t: CheckContext, name: string): Promise<boolean> {
  const node = await nodeObject(t, name);
  return node === undefined || at(node, 'spec', 'unschedulable') === true;
}

export default defineChecks([
  check(
    'MS-STA-005',
    'a slashed worker’s node is shut and emptied within 5 s',
    { mutants: ['slashed-token-valid'], timeoutMs: 30_000 },
    async (t) => {
      await t.needsCap('slash');
      const node = await PlayedNode.start(t);
      await boundPod(t, node.name);
      const before = await podsOn(t, node.name);
      ok('a pod is bound to it', before.length > 0, { wanted: 'one at least', got: before.length });
      await t.control.slash({ record: node.actor.record, reason: 'conformance' });
      const slashed = Date.now();
      await eventually(
        'the eviction of the slashed worker',
        async () => ((await isShut(t, node.name)) ? true : undefined),
        { withinMs: 5_000, intervalMs: 100 },
      );
      await eventually(
        'the end of its pods',
        async () => {
          const left = await podsOn(t, node.name);
          return left.every((item) => at(item, 'metadata', 'deletionTimestamp') !== undefined)
            ? true
            : undefined;
        },
        { withinMs: Math.max(500, 5_000 - (Date.now() - slashed)), intervalMs: 100 },
      );
    },
  ),

  check(
    'MS-STA-006',
    'neither heartbeat nor registration brings a slashed worker back',
    { mutants: ['slashed-token-valid'], timeoutMs: 30_000 },
    async (t) => {
      await t.needsCap('slash');
      const node = await PlayedNode.start(t, { silent: true });
      await t.control.slash({ record: node.actor.record, reason: 'conformance' });
      await eventually('the eviction', async () => ((await isShut(t, node.name)) ? true : undefined), {
        withinMs: 5_000,
        intervalMs: 100,
      });
      for (let times = 0; times < 2; times += 1) {
        for (const answer of [await t.master.heartbeat(node.actor), await t.master.register(node.actor)]) {
          status(answer, [401, 403]);
          refused(answer, { status: answer.status, reason: 'StakeInactive' });
        }
      }
      ok('the node stays shut', await isShut(t, node.name), { got: await nodeObject(t, node.name) });
    },
  ),

  check(
    'MS-JOIN-002',
    'a join token opens the node’s own objects and nothing else',
    { mutants: ['nodes-unconfined'], timeoutMs: 30_000 },
    async (t) => {
      const node = await PlayedNode.start(t);
      const neighbour = await PlayedNode.start(t);
      const mine = await boundPod(t, node.name);
      const theirs = await boundPod(t, neighbour.name);
      const merge = { 'content-type': 'application/merge-patch+json' };
      const label = { headers: merge, body: JSON.stringify({ metadata: { labels: { by: 'node' } } }) };
      const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
      const pods = '/api/v1/namespaces/default/pods';
      const report = {
        body: {
          apiVersion: 'v1',
          kind: 'Event',
          metadata: { name: t.name('event'), namespace: 'default' },
          involvedObject: { kind: 'Pod', name: mine, namespace: 'default' },
          reason: 'Started',
          message: 'told by the node',
          type: 'Normal',
        },
      };
      const allowed: [string, string, object, number][] = [
        ['GET', `/api/v1/nodes/${node.name}`, {}, 200],
        ['PATCH', `/api/v1/nodes/${node.name}`, label, 200],
        ['POST', leases, lease(node.name), 201],
        ['GET', `${leases}/${node.name}`, {}, 200],
        ['GET', bound(node.name), {}, 200],
        ['GET', `${pods}/${mine}`, {}, 200],
        ['POST', '/api/v1/namespaces/default/events', report, 201],
      ];
      for (const [method, target, options, wanted] of allowed) {
        status(await node.call(method, target, options), wanted);
      }
      const forbidden: [string, string, object?][] = [
        ['PATCH', `/api/v1/nodes/${neighbour.name}`, label],
        ['PATCH', `/api/v1/nodes/${neighbour.name}/status`, label],
        ['DELETE', `/api/v1/nodes/${neighbour.name}`],
        ['GET', '/api/v1/nodes'],
        ['POST', leases, lease(neighbour.name)],
        ['GET', bound(neighbour.name)],
        ['GET', '/api/v1/pods'],
        ['GET', `${pods}/${theirs}`],
        ['PATCH', `${pods}/${theirs}/status`, label],
        ['DELETE', `${pods}/${theirs}`],
        ['POST', pods, { body: pod(t.name('own')) }],
        ['GET', '/api/v1/namespaces/default/secrets'],
        ['GET', '/api/v1/secrets'],
        ['GET', '/api/v1/namespaces/default/configmaps'],
        ['POST', '/api/v1/namespaces', { body: { metadata: { name: t.name('ns') } } }],
        ['DELETE', '/api/v1/namespaces/default'],
      ];
      for (const [method, target, options] of forbidden) {
        refused(await node.call(method, target, options ?? {}), { status: 403, reason: 'Forbidden' });
      }
      equal('the neighbour’s pods', (await podsOn(t, neighbour.name)).length, 1);
    },
  ),

  check(
    'MS-JOIN-003/registered-again',
    'a join token ends at once with a new registration',
    {},
    async (t) => {
      const node = await PlayedNode.start(t);
      const path = `/api/v1/nodes/${node.name}`;
      status(await node.call('GET', path), 200);
      const again = await t.master.register(node.actor);
      status(again, 200);
      refused(await node.call('GET', path), { status: 401 });
      status(await node.call('GET', path, { token: String(at(again.json, 'join', 'token')) }), 200);
    },
  ),

  ...(['slashing', 'revocation'] as const).map((cause) =>
    check(
      `MS-JOIN-003/${cause}`,
      `a join token ends within 5 s of the ${cause}`,
      cause === 'slashing' ? { mutants: ['slashed-token-valid'] } : {},
      async (t) => {
        const node = await PlayedNode.start(t, { silent: true });
        const path = `/api/v1/nodes/${node.name}`;
        status(await node.call('GET', path), 200);
        if (cause === 'slashing') {
          await t.needsCap('slash');
          await t.control.slash({ record: node.actor.record, reason: 'conformance' });
        } else {
          const { signer, token } = node.actor;
          const done = await t.chain.execute(signer, (tx) => t.chain.calls.revokeToken(tx, token));
          ok('the owner can revoke', done.ok, { got: done });
        }
        const refusal = await eventually(
          'a refusal of the join token',
          async () => {
            const answer = await node.call('GET', path);
            return answer.status === 200 ? undefined : answer;
          },
          { withinMs: 5_000, intervalMs: 100 },
        );
        refused(refusal, { status: 401 });
      },
    ),
  ),
]);
