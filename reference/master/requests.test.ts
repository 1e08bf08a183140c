import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../protocol/digest.ts';
import { verifyResponse } from '../protocol/response-signature.ts';
import { Bench, eventually } from './testing/bench.ts';
import { createRequest, RequestKit } from './testing/request-kit.ts';

let bench: Bench;
let kit: RequestKit;
beforeEach(async () => {
  bench = await Bench.start();
  kit = new RequestKit(bench);
});
afterEach(async () => {
  await bench[Symbol.asyncDispose]();
});

describe('a request of a gateway', () => {
  test.each(['payload first', 'event first'])('is run once and signed (%s)', async (order) => {
    const sent = createRequest();
    const token = kit.administrator();
    if (order === 'event first') kit.announce(sent, { token });
    expect((await kit.put(sent)).status).toBe(202);
    if (order === 'payload first') kit.announce(sent, { token });
    const { status, body } = await kit.response(sent);
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
    expect((await kit.put(sent)).status).toBe(202);
    kit.announce(sent, { token });
    await kit.response(sent);
    expect(await kit.runs()).toBe(1);
  });

  test('is not run without its event', async () => {
    const sent = createRequest();
    await kit.put(sent);
    expect((await kit.response(sent, 0)).body).toEqual({ status: 'pending' });
    expect(await kit.runs()).toBe(0);
  });

  test('is not run with another payload than the chain announced', async () => {
    const sent = createRequest();
    await kit.put(sent);
    kit.announce(sent, { digest: undefined, payload_digest: new Uint8Array(32), token: kit.administrator() });
    const { status, body } = await kit.response(sent);
    expect([status, body.error.reason]).toEqual([409, 'DigestMismatch']);
    expect(await kit.runs()).toBe(0);
  });

  test('is refused when method, path or resource are not those on chain', async () => {
    const sent = createRequest();
    await kit.put(sent);
    kit.announce(sent, { resource_type: 'pods', token: kit.administrator() });
    expect((await kit.response(sent)).body.status_code).toBe(403);
    expect(await kit.runs()).toBe(0);
  });

  test('is run with the rights of the token in the event', async () => {
    const sent = createRequest();
    await kit.put(sent);
    kit.announce(sent);
    expect((await kit.response(sent)).body.status_code).toBe(403);
    expect(await kit.runs()).toBe(0);
  });

  test('is another endpoint’s when the event says so', async () => {
    const sent = createRequest();
    await kit.put(sent);
    kit.announce(sent, { nautilus_endpoint: `0x${'f'.repeat(64)}`, token: kit.administrator() });
    kit.announce({ ...createRequest(), id: randomBytes(16).toString('hex') }, { token: kit.administrator() });
    expect((await kit.response(sent, 0)).status).toBe(202);
  });

  test('is kept from replacement, foreign gateways and strangers', async () => {
    const sent = createRequest();
    await kit.put(sent);
    const other = { ...createRequest({ query: 'dryRun=All' }), id: sent.id };
    const second = await kit.put(other);
    expect([second.status, second.body.error.reason]).toEqual([409, 'DigestMismatch']);
    const none = await bench.send('GET', `/api/v1/responses/${sent.id}`);
    expect([none.status, none.body.error.reason]).toEqual([401, 'MalformedCredential']);
    const unknown = await kit.response({ ...sent, id: '0'.repeat(32) });
    expect([unknown.status, unknown.body.error.reason]).toEqual([404, 'NotFound']);
    const malformed = await bench.asGateway('PUT', '/api/v1/requests/XYZ', sent.payload);
    expect([malformed.status, malformed.body.error.reason]).toEqual([400, 'BadRequest']);
  });

  test('is dropped after its time, and an event that comes later does nothing', async () => {
    const sent = createRequest();
    await kit.put(sent);
    bench.clock.shiftMs += 301_000;
    const gone = await eventually(async () => {
      const answer = await kit.response(sent, 0);
      return answer.status === 410 ? answer : undefined;
    });
    expect(gone.body.error.reason).toBe('RequestExpired');
    kit.announce(sent, { token: kit.administrator() });
    expect((await kit.put(sent)).status).toBe(410);
    expect(await kit.runs()).toBe(0);
  }, 15_000);

  test('survives a restart at every point, and still runs once', async () => {
    const waiting = createRequest();
    const done = createRequest();
    const token = kit.administrator();
    await kit.put(waiting);
    await kit.put(done);
    kit.announce(done, { token });
    await kit.response(done);
    await bench.stop();
    kit.announce(waiting, { token });
    await bench.boot();
    expect((await kit.response(waiting)).body.status_code).toBe(201);
    expect((await kit.response(done)).body.status_code).toBe(201);
    await bench.stop();
    await bench.boot();
    expect((await kit.response(waiting)).body.status_code).toBe(201);
    expect(await kit.runs()).toBe(2);
    expect(bench.chain.recorded).toHaveLength(2);
  });

  test('a burst in one checkpoint is run whole and in order', async () => {
    const token = kit.administrator();
    const burst = Array.from({ length: 40 }, () => createRequest());
    await Promise.all(burst.map((sent) => kit.put(sent)));
    for (const sent of burst) kit.announce(sent, { token });
    const answers = await Promise.all(burst.map((sent) => kit.response(sent, 20)));
    expect(answers.map(({ body }) => body.status_code)).toEqual(burst.map(() => 201));
    const versions = answers.map(({ body }) =>
      Number(JSON.parse(Buffer.from(body.body, 'base64url').toString('utf8')).metadata.resourceVersion),
    );
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  });

  test('results reach the chain although it was away', async () => {
    const token = kit.administrator();
    await bench.chain.reader.sealToken(token);
    const first = createRequest();
    await kit.put(first);
    kit.announce(first, { token });
    await kit.response(first);
    const sent = createRequest();
    await kit.put(sent);
    bench.chain.unavailable = true;
    kit.announce(sent, { token });
    expect((await kit.response(sent)).body.status_code).toBe(201);
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
