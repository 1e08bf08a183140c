import { readFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { chainClient } from '../conformance/target/bootstrap.ts';
import { ContractCalls } from '../conformance/drivers/chain/package.ts';
import { mustExecute } from '../conformance/drivers/chain/transactions.ts';
import { mintOneShot } from '../conformance/drivers/credential.ts';
import { HttpDriver } from '../conformance/drivers/http.ts';
import { payloadDigest } from '../conformance/drivers/payload-digest.ts';
import { pause } from '../conformance/drivers/wait.ts';
import type { ChainIds } from '../conformance/target/types.ts';

/**
 * Plays the gateway to a master that runs without one: every two seconds it hands over a request to create a ConfigMap,
 * announces it on chain, and prints what the master answered.
 */
const json = async <T>(path: string): Promise<T> => JSON.parse(await readFile(path, 'utf8')) as T;
const { ids } = await json<{ ids: ChainIds }>('/data/config/setup.json');
const gateway = await json<{ wallet: { secret_key: string }; gateway_cap: string }>(
  '/data/config/gateway.json',
);
const admin = await json<{ token: string }>('/data/config/admin.json');
const signer = Ed25519Keypair.fromSecretKey(gateway.wallet.secret_key);
const client = chainClient(process.env['CHAIN_URL'] ?? 'http://localnet:9000');
const calls = new ContractCalls(ids);
await using http = new HttpDriver({
  baseUrl: process.env['MASTER_URL'] ?? 'https://master:8444',
  ca: await readFile('/data/master/ca.crt', 'utf8'),
  timeoutMs: 35_000,
});
const { object } = await client.core.getObject({ objectId: admin.token, include: { json: true } });
const record = String((object.json as { stake_record?: unknown }).stake_record);

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
const count = Number(process.argv[2] ?? Number.POSITIVE_INFINITY);
for (let made = 0; made < count && !stop.signal.aborted; made += 1) {
  await produce();
  await pause(2_000, stop.signal);
}

async function produce(): Promise<void> {
  const requestId = randomBytes(16).toString('hex');
  const path = '/api/v1/namespaces/default/configmaps';
  const body = Buffer.from(
    JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'produced-' } }),
  );
  const request = { method: 'POST', path, query: '', contentType: 'application/json', body };
  await send('PUT', `/api/v1/requests/${requestId}`, {
    method: 'POST',
    path,
    query: '',
    content_type: 'application/json',
    accept: 'application/json',
    body: body.toString('base64url'),
  });
  const done = await mustExecute('announcing a request', client, signer, (tx) =>
    calls.executeCommand(tx, gateway.gateway_cap, {
      token: admin.token,
      record,
      requestId,
      method: 'POST',
      path,
      namespace: 'default',
      resourceType: 'configmaps',
      payloadDigest: payloadDigest(request),
    }),
  );
  const answer = await send('GET', `/api/v1/responses/${requestId}?timeout_seconds=20`);
  const { status_code, key_version } = answer as { status_code?: number; key_version?: number };
  process.stdout.write(
    `${JSON.stringify({ requestId, transaction: done.digest, status_code, key_version })}\n`,
  );
}

async function send(method: string, target: string, body?: object): Promise<unknown> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const credential = await mintOneShot(
    signer,
    { token: gateway.gateway_cap, audience: ids.cluster },
    { method, target, body: text },
  );
  const answer = await http.send(method, target, {
    headers: { 'x-gateway-credential': credential, ...(text && { 'content-type': 'application/json' }) },
    ...(text && { body: text }),
  });
  if (answer.status >= 300) throw new Error(`${method} ${target}: ${answer.status} ${answer.text}`);
  return answer.json;
}
