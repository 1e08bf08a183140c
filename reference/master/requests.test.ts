import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { payloadDigest, sha256 } from '../protocol/digest.ts';
import { verifyResponse } from '../protocol/response-signature.ts';
import { Bench, eventually } from './testing/bench.ts';
import type { Answer } from './testing/bench.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.start();
});
afterEach(async () => {
  await bench[Symbol.asyncDispose]();
});

const PATH = '/api/v1/namespaces/default/configmaps';

interface Sent {
  id: string;
  payload: {
    method: string;
    path: string;
    query: string;
    content_type: string;
    accept: string;
    body: string;
  };
  digest: Uint8Array;
}

/** A request that creates a ConfigMap with a generated name, so that each run of it can be counted. */
function createRequest(change: Partial<Sent['payload']> = {}): Sent {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'run-' } };
  const body = Buffer.from(JSON.stringify(object));
  const payload = {
    method: 'POST',
    path: PATH,
    query: '',
    content_type: 'application/json',
    accept: 'application/json',
    body: body.toString('base64url'),
    ...change,
  };
  const { method, path, query, content_type: contentType } = payload;
  const digest = payloadDigest({
    method,
    path,
    query,
    contentType,
    body: Buffer.from(payload.body, 'base64url'),
  });
  return { id: randomBytes(16).toString('hex'), payload, digest };
}

function announce(sent: Sent, change: Record<string, unknown> = {}): void {
  const { method, path } = sent.payload;
  bench.chain.emit({
    name: 'K8sAPIRequest',
    data: {
      request_id: sent.id,
      token: bench.staker('any').token,
      method,
      path,
      namespace: 'default',
      resource_type: 'configmaps',
      payload_digest: sent.digest,
      requester: `0x${'a'.repeat(64)}`,
      nautilus_endpoint: bench.chain.endpointId,
      timestamp_ms: String(bench.clock.nowMs()),
      ...change,
    },
  });
}

function put(sent: Sent): Promise<Answer> {
  return bench.asGateway('PUT', `/api/v1/requests/${sent.id}`, sent.payload);
}

function response(sent: Sent, seconds = 5): Promise<Answer> {
  return bench.asGateway('GET', `/api/v1/responses/${sent.id}?timeout_seconds=${seconds}`);
}

async function runs(): Promise<number> {
  const { body } = await bench.read(PATH);
  return body.items.filter(({ metadata }: { metadata: { name: string } }) => metadata.name.startsWith('run-'))
    .length;
}

/** The administrator's token behind the events. */
function administrator(): string {
  const { token } = bench.staker('unused');
  bench.chain.tokens.set(token, {
    ...bench.chain.tokens.get(token)!,
    stakeType: 'admin',
    permissions: ['*:*'],
  });
  return token;
}

describe('a request of a gateway', () => {
  test.each(['payload first', 'event first'])('is run once and signed (%s)', async (order) => {
    const sent = createRequest();
    const token = administrator();
    if (order === 'event first') announce(sent, { token });
    expect((await put(sent)).status).toBe(202);
    if (order === 'payload first') announce(sent, { token });
    const { status, body } = await response(sent);
    expect([status, body.status_code, body.request_id]).toEqual([200, 201, sent.id]);
    const bytes = Buffer.from(body.body, 'base64url');
    const statement = { requestId: sent.id, statusCode: 201, bodyDigest: sha256(bytes), keyVersion: 1n };
    const signature = Buffer.from(body.signature, 'base64url');
    expect(verifyResponse(bench.chain.publicKey, statement, body.timestamp_ms, signature)).toBe(true);
    await eventually(() => bench.chain.recorded.find(({ requestId }) => requestId === sent.id));
    expect(bench.chain.recorded).toMatchObject([
      { requestId: sent.id, statusCode: 201, bodyDigest: sha256(bytes) },
    ]);
    // The same again, from both sides.
    expect((await put(sent)).status).toBe(202);
    announce(sent, { token });
    await response(sent);
    expect(await runs()).toBe(1);
  });

  test('is not run without its event', async () => {
    const sent = createRequest();
    await put(sent);
    expect((await response(sent, 0)).body).toEqual({ status: 'pending' });
    expect(await runs()).toBe(0);
  });

  test('is not run with another payload than the chain announced', async () => {
    const sent = createRequest();
    await put(sent);
    announce(sent, { digest: undefined, payload_digest: new Uint8Array(32), token: administrator() });
    const { status, body } = await response(sent);
    expect([status, body.error.reason]).toEqual([409, 'DigestMismatch']);
    expect(await runs()).toBe(0);
  });

  test('is refused when method, path or resource are not those on chain', async () => {
    const sent = createRequest();
    await put(sent);
    announce(sent, { resource_type: 'pods', token: administrator() });
    expect((await response(sent)).body.status_code).toBe(403);
    expect(await runs()).toBe(0);
  });

  test('is run with the rights of the token in the event', async () => {
    const sent = createRequest();
    await put(sent);
    announce(sent);
    expect((await response(sent)).body.status_code).toBe(403);
    expect(await runs()).toBe(0);
  });

  test('is another endpoint’s when the event says so', async () => {
    const sent = createRequest();
    await put(sent);
    announce(sent, { nautilus_endpoint: `0x${'f'.repeat(64)}`, token: administrator() });
    announce({ ...createRequest(), id: randomBytes(16).toString('hex') }, { token: administrator() });
    expect((await response(sent, 0)).status).toBe(202);
  });

  test('is kept from replacement, foreign gateways and strangers', async () => {
    const sent = createRequest();
    await put(sent);
    const other = { ...createRequest({ query: 'dryRun=All' }), id: sent.id };
    const second = await put(other);
    expect([second.status, second.body.error.reason]).toEqual([409, 'DigestMismatch']);
    const none = await bench.send('GET', `/api/v1/responses/${sent.id}`);
    expect([none.status, none.body.error.reason]).toEqual([401, 'MalformedCredential']);
    const unknown = await response({ ...sent, id: '0'.repeat(32) });
    expect([unknown.status, unknown.body.error.reason]).toEqual([404, 'NotFound']);
    const malformed = await bench.asGateway('PUT', '/api/v1/requests/XYZ', sent.payload);
    expect([malformed.status, malformed.body.error.reason]).toEqual([400, 'BadRequest']);
  });

  test('is dropped after its time, and an event that comes later does nothing', async () => {
    const sent = createRequest();
    await put(sent);
    bench.clock.shiftMs += 301_000;
    const gone = await eventually(async () => {
      const answer = await response(sent, 0);
      return answer.status === 410 ? answer : undefined;
    });
    expect(gone.body.error.reason).toBe('RequestExpired');
    announce(sent, { token: administrator() });
    expect((await put(sent)).status).toBe(410);
    expect(await runs()).toBe(0);
  }, 15_000);

  test('survives a restart at every point, and still runs once', async () => {
    const waiting = createRequest();
    const done = createRequest();
    const token = administrator();
    await put(waiting);
    await put(done);
    announce(done, { token });
    await response(done);
    await bench.stop();
    announce(waiting, { token });
    await bench.boot();
    expect((await response(waiting)).body.status_code).toBe(201);
    expect((await response(done)).body.status_code).toBe(201);
    await bench.stop();
    await bench.boot();
    expect((await response(waiting)).body.status_code).toBe(201);
    expect(await runs()).toBe(2);
    expect(bench.chain.recorded).toHaveLength(2);
  });

  test('a burst in one checkpoint is run whole and in order', async () => {
    const token = administrator();
    const burst = Array.from({ length: 40 }, () => createRequest());
    await Promise.all(burst.map(put));
    for (const sent of burst) announce(sent, { token });
    const answers = await Promise.all(burst.map((sent) => response(sent, 20)));
    expect(answers.map(({ body }) => body.status_code)).toEqual(burst.map(() => 201));
    const versions = answers.map(({ body }) =>
      Number(JSON.parse(Buffer.from(body.body, 'base64url').toString('utf8')).metadata.resourceVersion),
    );
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  });

  test('results reach the chain although it was away', async () => {
    const token = administrator();
    await bench.chain.reader.sealToken(token);
    const first = createRequest();
    await put(first);
    announce(first, { token });
    await response(first);
    const sent = createRequest();
    await put(sent);
    bench.chain.unavailable = true;
    announce(sent, { token });
    expect((await response(sent)).body.status_code).toBe(201);
    bench.chain.unavailable = false;
    await eventually(() => bench.chain.recorded.find(({ requestId }) => requestId === sent.id));
  });
});

describe('pushed events', () => {
  test('are taken as hints only', async () => {
    const staker = bench.staker('p1');
    await bench.register(staker);
    const event = {
      tx_digest: 'x',
      event_seq: 0,
      type: 'SlashEvent',
      data: { record: staker.stake },
    };
    const answer = await bench.send('POST', '/api/v1/sui-events', {}, JSON.stringify({ events: [event] }));
    expect(answer.status).toBe(202);
    expect((await bench.heartbeat(staker)).status).toBe(200);
  });

  test.each([['{}'], ['{"events":{}}'], ['{"events":[{}]}'], ['nonsense']])('%s is refused', async (body) => {
    const answer = await bench.send('POST', '/api/v1/sui-events', {}, body);
    expect([answer.status, answer.body.error.reason]).toEqual([400, 'BadRequest']);
  });
});
