import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench, eventually } from './testing/bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await Bench.start();
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
});

describe('POST /api/v1/register-worker', () => {
  test('registers, makes a Node and hands out signed join data', async () => {
    const staker = bench.staker('w1');
    const answer = await bench.register(staker);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'registered', node_id: 'w1' });
    expect(answer.body.join).toMatchObject({ server: 'https://127.0.0.1:1', key_version: 1 });
    const node = await eventually(async () => {
      const read = await bench.read('/api/v1/nodes/w1');
      return read.status === 200 && read.body.status?.conditions ? read : undefined;
    });
    expect(node.body.metadata.labels['k3s-daas.dev/worker-state']).toBe('pending');
    expect(node.body.status.conditions[0]).toMatchObject({ type: 'Ready', status: 'False' });
  });

  test('is idempotent for the owner, and the old join token dies', async () => {
    const staker = bench.staker('w2');
    const first = await bench.register(staker);
    const again = await bench.register(staker);
    expect(again.status).toBe(200);
    const path = '/api/v1/nodes/w2';
    const bearer = (answer: typeof first): Record<string, string> => ({
      authorization: `Bearer ${answer.body.join.token}`,
    });
    expect((await bench.send('GET', path, bearer(first))).status).toBe(401);
    await eventually(async () =>
      (await bench.send('GET', path, bearer(again))).status === 200 ? true : undefined,
    );
  });

  test('refuses another owner of a node id that is taken', async () => {
    await bench.register(bench.staker('w3'));
    const answer = await bench.register(bench.staker('w3'));
    expect(answer.status).toBe(409);
    expect(answer.body.error).toMatchObject({ reason: 'NodeIdTaken', code: 409 });
  });

  test.each([
    [{ node_id: 'other' }, 403, 'NodeIdMismatch'],
    [{ node_id: 'Not_A_Label' }, 400, 'InvalidNodeId'],
    [{ timestamp: 1_000_000 }, 400, 'TimestampOutOfRange'],
    [{ timestamp: undefined }, 400, 'BadRequest'],
    [{ timestamp: '12' }, 400, 'BadRequest'],
    [{ seal_token: `0x${'7'.repeat(64)}` }, 403, 'Forbidden'],
    [{ extra: 1 }, 400, 'BadRequest'],
  ])('refuses %j with %i %s', async (fields, status, reason) => {
    const answer = await bench.register(bench.staker('w4'), fields);
    expect(answer.status).toBe(status);
    expect(answer.body.error.reason).toBe(reason);
  });

  test('refuses a missing, a doubled and a used credential', async () => {
    const staker = bench.staker('w5');
    const target = '/api/v1/register-worker';
    const timestamp = Math.floor(Date.now() / 1000);
    const body = JSON.stringify({ node_id: 'w5', seal_token: staker.token, timestamp });
    const none = await bench.send('POST', target, {}, body);
    expect([none.status, none.body.error.reason]).toEqual([401, 'MalformedCredential']);
    const credential = await bench.credential(staker, 'POST', target, body);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => bench.send('POST', target, { 'x-seal-token': credential }, body)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(new Set(refused.map(({ body: { error } }) => error.reason))).toEqual(new Set(['ReplayDetected']));
  });

  test('answers other methods with 405', async () => {
    const answer = await bench.send('GET', '/api/v1/register-worker');
    expect([answer.status, answer.body.error.reason]).toEqual([405, 'MethodNotAllowed']);
  });
});

describe('a join token', () => {
  test('lets a node touch its own objects alone', async () => {
    const staker = bench.staker('j1');
    const { body } = await bench.register(staker);
    await bench.register(bench.staker('j2'));
    const headers = { authorization: `Bearer ${body.join.token}`, 'content-type': 'application/json' };
    const statusOf = async (method: string, path: string, object?: object): Promise<number> =>
      (await bench.send(method, path, headers, object && JSON.stringify(object))).status;
    await eventually(async () => ((await statusOf('GET', '/api/v1/nodes/j1')) === 200 ? true : undefined));
    expect(await statusOf('GET', '/api/v1/nodes/j2')).toBe(403);
    expect(await statusOf('GET', '/api/v1/nodes')).toBe(403);
    expect(await statusOf('GET', '/api/v1/secrets')).toBe(403);
    expect(await statusOf('GET', '/api/v1/pods')).toBe(403);
    expect(await statusOf('GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dj2')).toBe(403);
    expect(await statusOf('GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dj1')).toBe(200);
    const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
    expect(await statusOf('POST', leases, lease('j2'))).toBe(403);
    expect([201, 404]).toContain(await statusOf('POST', leases, lease('j1')));
  });

  test('dies with the stake', async () => {
    const staker = bench.staker('j3');
    const { body } = await bench.register(staker);
    const headers = { authorization: `Bearer ${body.join.token}` };
    bench.chain.slash(staker.stake);
    await eventually(async () => {
      const answer = await bench.send('GET', '/api/v1/nodes/j3', headers);
      return answer.status === 401 ? true : undefined;
    });
  });
});

function lease(name: string): object {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace: 'kube-node-lease' },
    spec: { holderIdentity: name },
  };
}
