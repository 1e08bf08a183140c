import { requestSuiFromFaucetV2 } from '@mysten/sui/faucet';
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startHarness } from '../testing/harness.ts';
import type { Harness } from '../testing/harness.ts';

describe('the HTTP surface', () => {
  let harness: Harness;
  let url: string;
  let client: SuiGrpcClient;
  beforeAll(async () => {
    harness = await startHarness();
    url = await harness.localnet.listen();
    client = new SuiGrpcClient({ network: 'localnet', baseUrl: url });
  });
  afterEach(() => {
    harness.localnet.outage('unavailable', 0);
    expect(harness.faults).toEqual([]);
  });
  afterAll(() => harness[Symbol.asyncDispose]());

  async function send(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; json: unknown }> {
    const response = await fetch(`${url}${path}`, {
      method,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, json: await response.json() };
  }

  it('gives coins to whom the faucet is asked for', async () => {
    const recipient = new Ed25519Keypair().toSuiAddress();
    const { coins_sent: coins } = await requestSuiFromFaucetV2({ host: url, recipient });
    expect(coins).toHaveLength(1);
    const { balance } = await client.getBalance({ owner: recipient });
    expect(balance.balance).toBe(String(coins?.[0]?.amount));
    await expect(
      client.getTransaction({ digest: coins?.[0]?.transferTxDigest as string }),
    ).resolves.toMatchObject({
      $kind: 'Transaction',
    });
    await expect(requestSuiFromFaucetV2({ host: url, recipient: 'nobody' })).rejects.toThrow(/address/);
  });

  it('shows its status and moves clock and epoch', async () => {
    const { json: before } = await send('GET', '/localnet/status');
    expect(before).toMatchObject({ chain_id: harness.localnet.chainId, epoch: 0, outage: null });
    const now = (before as { now_ms: number }).now_ms;
    expect(await send('POST', '/localnet/clock', { now_ms: now + 1_000_000 })).toMatchObject({ status: 200 });
    expect(await send('POST', '/localnet/clock', { now_ms: now })).toMatchObject({ status: 400 });
    const { json: moved } = await send('POST', '/localnet/clock', { advance_ms: 500_000 });
    expect((moved as { now_ms: number }).now_ms).toBeGreaterThanOrEqual(now + 1_500_000);
    expect((await send('POST', '/localnet/epoch', { advance: 2 })).json).toEqual({ epoch: 2 });
  });

  it.each([
    ['POST', '/localnet/clock', 'nonsense'],
    ['POST', '/localnet/clock', {}],
    ['POST', '/localnet/clock', { advance_ms: -1 }],
    ['POST', '/localnet/epoch', { advance: 0 }],
    ['POST', '/localnet/outage', { mode: 'slow', seconds: 1 }],
    ['POST', '/localnet/outage', { mode: 'hang', seconds: 'x' }],
    ['POST', '/localnet/outage', []],
  ])('refuses %s %s %j', async (method, path, body) => {
    expect(await send(method, path, body)).toMatchObject({
      status: 400,
      json: { error: expect.any(String) },
    });
  });

  it('knows no other paths', async () => {
    expect(await send('GET', '/')).toMatchObject({ status: 404 });
    expect(await send('GET', '/localnet/clock')).toMatchObject({ status: 404 });
  });

  it('is unavailable or hangs for gRPC alone', async () => {
    await send('POST', '/localnet/outage', { mode: 'unavailable', seconds: 60 });
    await expect(client.getReferenceGasPrice()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(await send('GET', '/localnet/status')).toMatchObject({
      status: 200,
      json: { outage: 'unavailable' },
    });
    await send('POST', '/localnet/outage', { mode: 'hang', seconds: 60 });
    const stop = new AbortController();
    const given = client.getReferenceGasPrice({ signal: stop.signal });
    const kept = client.getReferenceGasPrice();
    stop.abort();
    await expect(given).rejects.toMatchObject({ code: 'CANCELLED' });
    const late = client.ledgerService.getServiceInfo({}, { timeout: 20 });
    await expect(late).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    await send('POST', '/localnet/outage', { mode: 'hang', seconds: 0 });
    expect(await kept).toEqual({ referenceGasPrice: '1000' });
  });

  it.each([
    ['an unknown method', '/sui.rpc.v2.LedgerService/Nothing', 'AAAAAAA=', '12'],
    ['a truncated frame', '/sui.rpc.v2.LedgerService/GetServiceInfo', 'AAAA', '3'],
    ["a length that is not the body's", '/sui.rpc.v2.LedgerService/GetServiceInfo', 'AAAAAAEA', '3'],
    ['compression', '/sui.rpc.v2.LedgerService/GetServiceInfo', 'AQAAAAA=', '12'],
    ['bytes that are no message', '/sui.rpc.v2.LedgerService/GetObject', 'AAAAAAH/', '3'],
  ])('answers %s with a status', async (_what, path, body, code) => {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/grpc-web-text' },
      body,
    });
    expect(response.headers.get('content-type')).toBe('application/grpc-web-text+proto');
    const frame = Buffer.from(await response.text(), 'base64');
    expect(frame[0]).toBe(0x80);
    expect(frame.subarray(5).toString()).toContain(`grpc-status: ${code}\r\n`);
  });

  it('refuses bodies without end', async () => {
    const response = await fetch(`${url}/v2/gas`, { method: 'POST', body: 'x'.repeat(6_000_000) });
    expect(response.status).toBe(413);
  });

  it('closes with subscribers and callers still there', async () => {
    const other = await startHarness();
    const there = new SuiGrpcClient({ network: 'localnet', baseUrl: await other.localnet.listen() });
    const call = there.subscriptionService.subscribeCheckpoints({});
    await call.headers;
    const local = other.client.subscriptionService.subscribeCheckpoints({});
    const next = [call, local].map(({ responses }) => responses[Symbol.asyncIterator]().next());
    other.localnet.outage('hang', 60);
    const hanging = there.getReferenceGasPrice();
    const ended = Promise.allSettled([...next, hanging]);
    await other[Symbol.asyncDispose]();
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(other.client.getReferenceGasPrice()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
