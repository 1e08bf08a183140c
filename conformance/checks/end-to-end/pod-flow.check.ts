import { createHash } from 'node:crypto';
import { check, defineChecks } from '../../runner/check.ts';
import { at, equal, eventually, ok, status } from '../../runner/expectations.ts';
import type { CheckContext } from '../../runner/context.ts';
import type { Actor } from '../../world/actors.ts';
import { pod } from '../../world/gateway-api.ts';
import { payloadDigest } from '../../drivers/payload-digest.ts';
import { runningWorker } from '../../world/workers.ts';

const JOIN_MS = 20_000;
const RUNNING_MS = 15_000;

async function podOf(t: CheckContext, actor: Actor, name: string): Promise<unknown> {
  const answer = await t.gateway.as(actor, 'GET', `/api/v1/namespaces/default/pods/${name}`);
  status(answer, 200);
  return answer.json;
}

export default defineChecks([
  check(
    'E2E-POD-001',
    'a pod goes from the gateway over the chain and the master to Running on a worker’s node',
    { timeoutMs: 60_000, mutants: ['audit-id-of-its-own'] },
    async (t) => {
      const admin = await t.actors.shared('admin');
      const worker = await runningWorker(t, admin, JOIN_MS);
      const name = t.name('e2e');
      const created = await t.gateway.createPod(admin, name, {
        spec: { nodeSelector: { 'kubernetes.io/hostname': worker.nodeId } },
      });
      status(created, 201);
      const requestId = created.headers['audit-id'] ?? '';
      const request = await t.chain.event('K8sAPIRequest', { request_id: requestId });
      ok('the request is recorded on chain', request !== undefined, { wanted: { request_id: requestId } });
      equal(
        'what the chain says of it',
        { token: request.data.token, method: request.data.method, path: request.data.path },
        { token: admin.token, method: 'POST', path: '/api/v1/namespaces/default/pods' },
      );
      const running = await eventually(
        'the pod’s Running',
        async () => {
          const now = await podOf(t, admin, name);
          return at(now, 'status', 'phase') === 'Running' ? now : undefined;
        },
        { withinMs: RUNNING_MS, intervalMs: 100 },
      );
      equal('the node it runs on', at(running, 'spec', 'nodeName'), worker.nodeId);
    },
  ),

  check(
    'E2E-REQ-001',
    'one request id joins gateway, chain and answer',
    { mutants: ['audit-id-of-its-own'] },
    async (t) => {
      const admin = await t.actors.shared('admin');
      const target = '/api/v1/namespaces/default/pods?fieldManager=conformance';
      const body = JSON.stringify(pod(t.name('joined')));
      const answer = await t.gateway.as(admin, 'POST', target, {
        headers: { 'content-type': 'application/json' },
        body,
      });
      status(answer, 201);
      const requestId = answer.headers['audit-id'] ?? '';
      const request = await t.chain.event('K8sAPIRequest', { request_id: requestId });
      const result = await t.chain.event('K8sAPIResult', { request_id: requestId });
      ok('both events are on chain', request !== undefined && result !== undefined, {
        wanted: { request_id: requestId },
        got: { request, result },
      });
      const [path = '', query = ''] = target.split('?');
      const digest = payloadDigest({
        method: 'POST',
        path,
        query,
        contentType: 'application/json',
        body: Buffer.from(body),
      });
      equal(
        'the payload digest',
        Buffer.from(request.data.payload_digest).toString('hex'),
        digest.toString('hex'),
      );
      equal(
        'the body digest',
        Buffer.from(result.data.body_digest).toString('hex'),
        createHash('sha256').update(answer.body).digest('hex'),
      );
      equal('the status on chain', result.data.status_code, 201);
    },
  ),
]);
