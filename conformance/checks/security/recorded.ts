import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import type { HttpAnswer } from '../../drivers/http.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, eventually, ok, status } from '../../runner/expectations.ts';
import { CapturingProxy, type Captured } from '../../world/capturing-proxy.ts';
import { GatewayApi } from '../../world/gateway-api.ts';
import { OwnMaster } from '../../world/own-master.ts';
import { withBytes } from '../credentials/forging.ts';
import { partsOf } from '../credentials/asking.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
/** Until a gateway or worker that was just started has done what it was started for. */
const WITHIN_MS = 20_000;

/** What went over the line to a master of the check's own while a gateway and a worker used it; both are gone since. */
export interface RecordedSession {
  own: OwnMaster;
  captured: readonly Captured[];
}

/**
 * Records a real session: a worker stakes, attests the master, registers and sends heartbeats, a client creates, reads,
 * changes and deletes objects through a gateway. Then worker and gateway are killed, so that nothing else reaches the
 * master.
 */
export async function recordedSession(t: CheckContext): Promise<RecordedSession> {
  t.needs('a gateway that the suite can start', t.world.gateway?.startable === true);
  t.needs('a worker that the suite can start', t.world.worker);
  const proxy = await CapturingProxy.start();
  t.defer(() => proxy[Symbol.asyncDispose]());
  const own = await OwnMaster.start(t, { masterUrl: proxy.url });
  proxy.leadTo(own.t.world.master!);
  const identity = own.t.world.suiteGateway!;
  const lines = { ...own.values, 'master.url': proxy.url, 'master.ca': proxy.caFile };
  const [gateway, worker] = await Promise.all([
    t.control.startGateway({
      values: {
        ...lines,
        'chain.gateway_cap': identity.cap,
        'wallet.gateway.secret_key': identity.secretKey,
        'wallet.gateway.address': Ed25519Keypair.fromSecretKey(identity.secretKey).toSuiAddress(),
      },
    }),
    t.control.startWorker({ values: lines }),
  ]);
  const ended: string[] = [];
  const end = async (part: string): Promise<void> => {
    if (!ended.includes(part)) await t.control.kill({ part });
    ended.push(part);
  };
  for (const { id } of [gateway, worker]) t.defer(() => end(id));
  await session(
    t,
    own,
    new GatewayApi(
      t.http(gateway.url, gateway.ca).recording((exchange) => void t.exchanges.push(exchange)),
      own.t.actors,
    ),
  );
  const beats = (): number =>
    proxy.captured.filter((one) => /heartbeat/.test(one.target) && one.status).length;
  await eventually('two heartbeats', () => (beats() >= 2 ? true : undefined), {
    withinMs: WITHIN_MS,
    signal: t.signal,
  });
  for (const { id } of [gateway, worker]) await end(id);
  return { own, captured: proxy.captured.filter((one) => one.status !== undefined) };
}

const named = (name: string): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

/** What a client does: one object is left with a change, another comes and goes. */
async function session(t: CheckContext, own: OwnMaster, gateway: GatewayApi): Promise<void> {
  const created = await eventually(
    'a write through a new gateway',
    async () => {
      const answer = await gateway.as(own.admin, 'POST', CONFIG_MAPS, { body: named('stays') });
      return [201, 409].includes(answer.status) ? answer : undefined;
    },
    { withinMs: WITHIN_MS, signal: t.signal },
  );
  status(created, [201, 409]);
  const patch = { 'content-type': 'application/merge-patch+json' };
  const steps: (readonly [number, () => Promise<HttpAnswer>])[] = [
    [201, () => gateway.as(own.admin, 'POST', CONFIG_MAPS, { body: named('goes') })],
    [200, () => gateway.as(own.admin, 'GET', CONFIG_MAPS)],
    [
      200,
      () =>
        gateway.as(own.admin, 'PATCH', `${CONFIG_MAPS}/stays`, {
          headers: patch,
          body: '{"data":{"a":"1"}}',
        }),
    ],
    [200, () => gateway.as(own.admin, 'DELETE', `${CONFIG_MAPS}/goes`)],
  ];
  for (const [wanted, step] of steps) status(await step(), [wanted, 504]);
}

/** What must not change while recorded requests come again: the objects, and what the master's wallet has paid with. */
export async function stateOf({ own }: RecordedSession): Promise<object> {
  const list = await own.t.master.asReader('GET', CONFIG_MAPS);
  status(list, 200);
  const items = at(list.json, 'items');
  ok('there are objects', Array.isArray(items) && items.length > 0);
  return { items, balance: await own.t.chain.balance(own.wallet) };
}

/** One way to send a recorded request again. */
export interface Resend {
  name: string;
  request: Captured;
  reasons: readonly string[];
}

const MALFORMED = 'MalformedCredential';

/** A recorded request that carries a one-shot credential in this header: as it was, and with each part changed. */
export function resends(request: Captured, header: string): Resend[] {
  const credential = request.headers.find(([name]) => name.toLowerCase() === header)?.[1] ?? '';
  const { payload, signature } = partsOf(credential);
  const spelled = (changed: string): Captured => ({
    ...request,
    headers: request.headers.map(([name, value]) => [name, name.toLowerCase() === header ? changed : value]),
  });
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const claiming = (change: object): string =>
    `seal1.${Buffer.from(JSON.stringify({ ...claims, ...change })).toString('base64url')}.${signature}`;
  const longer = request.target.includes('?') ? `${request.target}&a=1` : `${request.target}?a=1`;
  const body = Buffer.concat([request.body, Buffer.from(' ')]);
  return [
    { name: 'as it was', request, reasons: ['ReplayDetected'] },
    ...(request.body.length > 0
      ? [{ name: 'another body', request: { ...request, body }, reasons: ['BindingMismatch'] }]
      : []),
    { name: 'a longer query', request: { ...request, target: longer }, reasons: ['BindingMismatch'] },
    {
      name: 'a flipped bit of the signature',
      request: spelled(withBytes(credential, (bytes) => void (bytes[9]! ^= 4))),
      reasons: ['BadSignature'],
    },
    {
      name: 'a later end',
      request: spelled(claiming({ exp: Number(claims['exp']) + 60 })),
      reasons: ['BadSignature'],
    },
    {
      name: 'another nonce',
      request: spelled(claiming({ nonce: 'AAAAAAAAAAAAAAAAAAAAAA' })),
      reasons: ['BadSignature'],
    },
    { name: 'cut short', request: spelled(credential.slice(0, -9)), reasons: [MALFORMED, 'BadSignature'] },
    { name: 'without its credential', request: spelled(''), reasons: [MALFORMED] },
  ];
}

/** Headers that a connection of its own brings by itself. */
const OWN_HEADERS = new Set(['host', 'connection', 'content-length', 'transfer-encoding']);

/** Sends a recorded request to the master. */
export function sendAgain({ own }: RecordedSession, request: Captured): Promise<HttpAnswer> {
  const headers = request.headers.filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()));
  const body = request.body.length > 0 ? { body: request.body } : {};
  return own.t.master.http.send(request.method, request.target, { headers, ...body });
}
