import { parseAddress } from '../chain/bytes.ts';
import type { Chain } from '../chain/chain.ts';
import type { Faucet } from '../chain/faucet.ts';
import type { OutageGate } from './outage.ts';

/** A JSON answer of the faucet or of the management endpoints. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface ManagementContext {
  readonly chain: Chain;
  readonly faucet: Faucet;
  readonly outage: OutageGate;
}

/** What the faucet gives at each request: 200 SUI in MIST. */
const FAUCET_MIST = 200_000_000_000n;
const MAX_EPOCHS = 10_000;
const MAX_OUTAGE_SECONDS = 3_600;
const MAX_SNAPSHOTS = 100;
const SNAPSHOT_NAME = /^[\w.-]{1,64}$/;

class BadRequest extends Error {}

type Handler = (context: ManagementContext, body: Readonly<Record<string, unknown>>) => unknown;

const ROUTES: Readonly<Record<string, Handler>> = {
  'POST /localnet/clock': ({ chain }, body) => {
    if (body['now_ms'] !== undefined) {
      const now = integer(body, 'now_ms', 0, Number.MAX_SAFE_INTEGER);
      if (BigInt(now) < chain.now()) throw new BadRequest('now_ms: chain time cannot go back');
      chain.setClock(now);
    } else {
      chain.advanceClock(integer(body, 'advance_ms', 0, Number.MAX_SAFE_INTEGER));
    }
    return { now_ms: Number(chain.now()) };
  },
  'POST /localnet/epoch': ({ chain }, body) => {
    const epoch = chain.advanceEpoch(integer(body, 'advance', 1, MAX_EPOCHS));
    return { epoch: Number(epoch.number) };
  },
  'POST /localnet/snapshot': ({ chain }, body) => {
    const name = snapshotName(body);
    if (!chain.snapshots.includes(name) && chain.snapshots.length >= MAX_SNAPSHOTS)
      throw new BadRequest(`there are ${MAX_SNAPSHOTS} snapshots already`);
    chain.snapshot(name);
    return { name, checkpoint: Number(chain.ledger.latest?.sequenceNumber ?? 0n) };
  },
  'POST /localnet/restore': ({ chain }, body) => {
    const name = snapshotName(body);
    if (!chain.snapshots.includes(name)) throw new BadRequest(`no snapshot ${name}`);
    chain.restore(name);
    return { name, checkpoint: Number(chain.ledger.latest?.sequenceNumber ?? 0n) };
  },
  'POST /localnet/outage': ({ outage }, body) => {
    const { mode } = body;
    if (mode !== 'unavailable' && mode !== 'hang') throw new BadRequest('mode: want "unavailable" or "hang"');
    const seconds = body['seconds'];
    if (typeof seconds !== 'number' || !(seconds >= 0 && seconds <= MAX_OUTAGE_SECONDS))
      throw new BadRequest(`seconds: want a number from 0 to ${MAX_OUTAGE_SECONDS}`);
    outage.begin(mode, seconds);
    return { mode: outage.mode ?? null };
  },
  'GET /localnet/status': ({ chain, outage }) => ({
    chain_id: chain.id,
    epoch: Number(chain.ledger.epoch.number),
    now_ms: Number(chain.now()),
    checkpoint: Number(chain.ledger.latest?.sequenceNumber ?? 0n),
    transactions: Number(chain.ledger.totalTransactions),
    objects: chain.objects.size,
    outage: outage.mode ?? null,
    snapshots: chain.snapshots,
  }),
};

/** Answers a request that is no gRPC call. */
export function answerManagement(
  context: ManagementContext,
  method: string,
  path: string,
  body: Uint8Array,
): JsonAnswer {
  if (method === 'POST' && path === '/v2/gas') return answerFaucet(context, body);
  const handler = ROUTES[`${method} ${path}`];
  if (handler === undefined) return { status: 404, body: { error: `no such endpoint: ${method} ${path}` } };
  try {
    return { status: 200, body: handler(context, method === 'GET' ? {} : parse(body)) };
  } catch (error) {
    if (error instanceof BadRequest) return { status: 400, body: { error: error.message } };
    throw error;
  }
}

function answerFaucet({ faucet }: ManagementContext, bytes: Uint8Array): JsonAnswer {
  try {
    const request = parse(bytes)['FixedAmountRequest'] as { recipient?: unknown } | undefined;
    const recipient = typeof request?.recipient === 'string' ? parseAddress(request.recipient) : undefined;
    if (recipient === undefined) throw new BadRequest('FixedAmountRequest.recipient: want an address');
    const { id, amount, transaction } = faucet.send(recipient, FAUCET_MIST);
    const coin = { amount: Number(amount), id, transferTxDigest: transaction };
    return { status: 201, body: { status: 'Success', coins_sent: [coin] } };
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error;
    return { status: 400, body: { status: { Failure: { internal: error.message } }, coins_sent: null } };
  }
}

function parse(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw new BadRequest('the body is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BadRequest('the body is not a JSON object');
  return value as Readonly<Record<string, unknown>>;
}

function snapshotName(body: Readonly<Record<string, unknown>>): string {
  const { name = 'default' } = body;
  if (typeof name !== 'string' || !SNAPSHOT_NAME.test(name))
    throw new BadRequest('name: want 1 to 64 letters, digits, dots, dashes or underscores');
  return name;
}

function integer(body: Readonly<Record<string, unknown>>, name: string, least: number, most: number): number {
  const value = body[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most)
    throw new BadRequest(`${name}: want an integer from ${least} to ${most}`);
  return value;
}
