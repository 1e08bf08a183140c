import { SuiGrpcClient } from '@mysten/sui/grpc';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { HttpResponse, bypass, http, passthrough } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { buildPackage } from '../../../contracts/build.ts';
import { LocalnetProcess } from '../../target/localnet.ts';
import { fundFromFaucet } from '../../target/operator.ts';
import { EventTap } from './event-tap.ts';
import { createdOf, mustExecute } from './transactions.ts';

const NODE = 'http://full-node.test';
const TELLER = `module teller::teller;
public struct Told has copy, drop { n: u64 }
public struct Mark has key { id: UID }
fun init(ctx: &mut TxContext) { transfer::transfer(Mark { id: object::new(ctx) }, ctx.sender()) }
public fun tell(n: u64) { sui::event::emit(Told { n }) }`;

/** What becomes of the next answers with a checkpoint; afterwards they are passed on. `stale`: the one before comes again. */
type Fault = number | 'reset' | 'hang' | 'truncated' | 'garbage' | 'stale';
const plan: Fault[] = [];
let last: ArrayBuffer | undefined;

let localnet: LocalnetProcess;
let direct: SuiGrpcClient;
let packageId: string;
const signer = new Ed25519Keypair();
const server = setupServer(
  http.post(`${NODE}/:service/:method`, async ({ request, params }) => {
    const url = `${localnet.url}${new URL(request.url).pathname}`;
    const { headers, signal } = request;
    const answer = await fetch(bypass(url, { method: 'POST', headers, body: await request.arrayBuffer() }));
    const type = { headers: { 'content-type': answer.headers.get('content-type') ?? '' } };
    const body = await answer.arrayBuffer();
    const isData = new Uint8Array(body)[0] === 0;
    // Faults are for checkpoints that are there: to be asked too early is nothing new to the tap.
    const fault = params['method'] === 'GetCheckpoint' && isData ? plan.shift() : 'none';
    if (typeof fault === 'number') return new HttpResponse('<html>no</html>', { status: fault });
    if (fault === 'reset') return HttpResponse.error();
    if (fault === 'hang') return untilAborted(signal);
    if (fault === 'truncated') return new HttpResponse(body.slice(0, body.byteLength >> 1), type);
    if (fault === 'garbage') return new HttpResponse(new Uint8Array(40).fill(0xff), type);
    if (fault === 'stale') return new HttpResponse(last, type);
    if (fault === undefined) last = body;
    return new HttpResponse(body, type);
  }),
  http.all('http://127.0.0.1:*/*', () => passthrough()),
);

function untilAborted(signal: AbortSignal): Promise<Response> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(HttpResponse.error()), { once: true });
  });
}

beforeAll(async () => {
  localnet = await LocalnetProcess.start();
  direct = new SuiGrpcClient({ network: 'localnet', baseUrl: localnet.url });
  await fundFromFaucet(direct, localnet.url, signer.toSuiAddress(), 50_000_000_000n);
  const { modules, dependencies } = await buildPackage({ 'teller.move': TELLER }, 'teller');
  const published = await mustExecute('publishing', direct, signer, (tx) => {
    const cap = tx.publish({ modules: modules.map((bytes) => [...bytes]), dependencies });
    tx.transferObjects([cap], signer.toSuiAddress());
  });
  packageId = createdOf(published, '::teller::Mark').type.split('::')[0] ?? '';
  server.listen();
}, 60_000);
afterEach(() => expect(plan).toEqual([]));
afterAll(async () => {
  server.close();
  await localnet[Symbol.asyncDispose]();
});

it.each<Fault>([429, 500, 502, 503, 504, 'reset', 'hang', 'truncated', 'garbage', 'stale'])(
  'each event comes once and in order, whatever the node answers in between (played by msw): %s',
  async (fault) => {
    const client = new SuiGrpcClient({ network: 'localnet', baseUrl: NODE, format: 'binary' });
    await using tap = new EventTap(client, packageId, { pollMs: 5, patienceMs: 100 });
    await tap.start();
    const tell = (n: number) =>
      mustExecute('telling', direct, signer, (tx) => {
        tx.moveCall({ target: `${packageId}::teller::tell`, arguments: [tx.pure.u64(n)] });
      });
    await tell(1);
    await tap.events();
    plan.push(fault, fault);
    await tell(2);
    await tell(3);
    const events = await tap.events();
    expect(events.map(({ name, bcs }) => [name, Buffer.from(bcs, 'base64').readBigUInt64LE()])).toEqual([
      ['teller::Told', 1n],
      ['teller::Told', 2n],
      ['teller::Told', 3n],
    ]);
  },
);
