import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { mintOneShot, mintSession } from '../../drivers/credential.ts';
import type { HttpAnswer } from '../../drivers/http.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, ok, status } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import type { Actor } from '../../world/actors.ts';
import { pod } from '../../world/gateway-api.ts';
import { freshRegistered, PODS, unknownId, write } from '../credentials/asking.ts';

const NAMESPACE = '/api/v1/namespaces/default';

/** Token with which a registered worker's agent joins. */
async function joinToken(t: CheckContext, worker: Actor): Promise<string> {
  const answer = await t.master.register(worker);
  status(answer, 200);
  const token = at(answer.json, 'join', 'token');
  t.needs('a master that gives join tokens', typeof token === 'string');
  return token;
}

/** A Lease of the node of this name. */
const lease = (name: string): object => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name, namespace: 'kube-node-lease' },
  spec: { holderIdentity: name },
});

export default defineChecks([
  check(
    'SEC-AUZ-004/master',
    'identity headers alone open nothing at the master',
    { mutants: ['gateway-unverified'] },
    async (t) => {
      const worker = await freshRegistered(t);
      const agent = await joinToken(t, worker);
      const claims = { 'x-remote-user': unknownId(), 'x-remote-group': 'daas:admins' };
      const ways: [string, Record<string, string>][] = [
        ['nothing else', claims],
        ['a made-up bearer', { ...claims, authorization: 'Bearer gateway' }],
        ['basic', { ...claims, authorization: `Basic ${btoa('admin:admin')}` }],
        ['a session of the worker', { ...claims, authorization: `Bearer ${await t.actors.session(worker)}` }],
      ];
      await eachRow(ways, async (headers) => {
        for (const target of [PODS, `${NAMESPACE}/secrets`, '/api/v1/nodes']) {
          status(await t.master.http.send('GET', target, { headers }), [401, 403]);
        }
      });
      const asAgent = { ...claims, authorization: `Bearer ${agent}` };
      status(await t.master.http.send('GET', `${NAMESPACE}/secrets`, { headers: asAgent }), 403);
      status(await t.master.asReader('GET', PODS), 200);
    },
  ),

  check(
    'SEC-AUZ-006',
    "the master's internal endpoints are for gateways alone",
    { mutants: ['gateway-unverified'] },
    async (t) => {
      const [admin, worker] = await Promise.all([t.actors.shared('admin'), t.actors.shared('node')]);
      const audience = t.world.chain.ids.cluster;
      const id = crypto.randomUUID().replaceAll('-', '');
      const body = JSON.stringify({
        method: 'GET',
        path: PODS,
        query: '',
        content_type: '',
        accept: '*/*',
        body: '',
      });
      const calls = [
        { method: 'PUT', target: `/api/v1/requests/${id}`, body },
        { method: 'GET', target: `/api/v1/responses/${id}`, body: '' },
      ];
      const { cap } = t.master.gateway;
      const stranger = new Ed25519Keypair();
      for (const call of calls) {
        const mint = (signer: Parameters<typeof mintOneShot>[0], token: string): Promise<string> =>
          mintOneShot(signer, { token, audience }, call);
        const ways: [string, string | undefined][] = [
          ['nothing', undefined],
          ['a word', 'gateway'],
          ["an administrator's token", await mint(admin.signer, admin.token)],
          ["a worker's token", await mint(worker.signer, worker.token)],
          ["another's capability", await mint(stranger, cap)],
          ['a capability that is none', await mint(admin.signer, unknownId())],
          ['a session', await mintSession(t.master.gateway.signer, { token: cap, audience })],
        ];
        await eachRow(
          ways.map(([name, credential]) => [`${call.method} with ${name}`, credential] as const),
          async (credential) => {
            const headers = {
              'content-type': 'application/json',
              ...(credential !== undefined && { 'x-gateway-credential': credential }),
            };
            const answer = await t.master.http.send(call.method, call.target, {
              headers,
              ...(call.body && { body: call.body }),
            });
            status(answer, [401, 403]);
          },
        );
      }
      status(await t.master.asGateway('GET', `/api/v1/responses/${id}?timeout_seconds=0`), [202, 404]);
    },
  ),

  check(
    'SEC-AUZ-007',
    "an agent writes nothing of another node's",
    { mutants: ['nodes-unconfined'] },
    async (t) => {
      const [mine, other] = await Promise.all([freshRegistered(t), freshRegistered(t)]);
      const token = await joinToken(t, mine);
      const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
      const as = (method: string, target: string, body: object): Promise<HttpAnswer> =>
        t.master.http.send(method, target, {
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
          },
          body: JSON.stringify(body),
        });
      const labels = { metadata: { labels: { 'example.com/by': mine.nodeId } } };
      const bound = t.name('bound');
      const admin = await t.actors.shared('admin');
      status(
        await write(t, admin, 'POST', PODS, { body: pod(bound, { spec: { nodeName: other.nodeId } }) }),
        201,
      );
      await eachRow(
        [
          ['the Node', ['PATCH', `/api/v1/nodes/${other.nodeId}`, labels]],
          [
            "the Node's status",
            ['PATCH', `/api/v1/nodes/${other.nodeId}/status`, { status: { phase: 'x' } }],
          ],
          ['deleting the Node', ['DELETE', `/api/v1/nodes/${other.nodeId}`, {}]],
          ['creating its Lease', ['POST', leases, lease(other.nodeId)]],
          ['changing its Lease', ['PATCH', `${leases}/${other.nodeId}`, labels]],
          ["its pod's status", ['PATCH', `${PODS}/${bound}/status`, { status: { phase: 'Failed' } }]],
          ['deleting its pod', ['DELETE', `${PODS}/${bound}`, {}]],
          ['creating a pod', ['POST', PODS, pod(t.name('planted'), { spec: { nodeName: other.nodeId } })]],
          [
            'a Secret',
            [
              'POST',
              `${NAMESPACE}/secrets`,
              { apiVersion: 'v1', kind: 'Secret', metadata: { name: t.name('s') } },
            ],
          ],
        ] as const,
        async ([method, target, body]) => status(await as(method, target, body), 403),
      );
      status(await as('PATCH', `/api/v1/nodes/${mine.nodeId}`, labels), 200);
      const read = await t.gateway.as(admin, 'GET', `/api/v1/nodes/${other.nodeId}`);
      ok('the other Node is as it was', !read.text.includes('example.com/by'), {
        got: read.text.slice(0, 500),
      });
      const pods = await t.gateway.as(admin, 'GET', `${PODS}/${bound}`);
      equal('the node of the pod', at(pods.json, 'spec', 'nodeName'), other.nodeId);
    },
  ),
]);
