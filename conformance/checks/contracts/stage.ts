import { randomBytes } from 'node:crypto';
import type { Signer } from '@mysten/sui/cryptography';
import { deriveDynamicFieldID } from '@mysten/sui/utils';
import { Transaction } from '@mysten/sui/transactions';
import type { ContractEvents } from '../../../contracts/bindings/index.ts';
import type { Attempt } from '../../drivers/chain/attempt.ts';
import { STAKES, type KubectlCommand, type StakeKind } from '../../drivers/chain/package.ts';
import { HarnessError } from '../../errors.ts';
import type { CheckContext } from '../../runner/context.ts';
import { ok } from '../../runner/expectations.ts';
import { CheckFailure } from '../../runner/outcome.ts';
import { randomLabel, type Actor } from '../../world/actors.ts';
import { done, notTheOwner, onlyCreated, onlyEvent, stoppedByChain } from './outcomes.ts';

export const KINDS = ['user', 'node', 'admin'] as const satisfies readonly StakeKind[];

/** A wallet with a stake and no token yet. */
export type Staker = Omit<Actor, 'token'>;

/** A gateway of the check’s own: a wallet and its GatewayCap. */
export interface GatewayWallet {
  signer: Signer;
  cap: string;
}

/** A fresh wallet that has staked. `mist` above the kind’s minimum when given. */
export async function staker(t: CheckContext, kind: StakeKind, mist?: bigint): Promise<Staker> {
  const signer = await t.actors.wallet(30_000_000_000n);
  const nodeId = kind === 'node' ? `n-${randomLabel()}` : '';
  const staked = await t.chain.attempt(signer, (tx) =>
    t.chain.calls.stake(tx, kind, mist ?? STAKES[kind].minimum, nodeId),
  );
  const record = onlyCreated(done(`staking as ${kind}`, staked), 'staking::StakeRecord').id;
  return { kind, signer, address: signer.toSuiAddress(), record, nodeId };
}

export function createToken(t: CheckContext, by: Signer, kind: StakeKind, record: string): Promise<Attempt> {
  return t.chain.attempt(by, (tx) => t.chain.calls.createToken(tx, kind, record));
}

/** Registers a wallet as a gateway, a fresh one when none is given. */
export async function gatewayWallet(t: CheckContext, of?: Signer): Promise<GatewayWallet> {
  await t.needsCap('admin');
  const signer = of ?? (await t.actors.wallet());
  const { cap } = await t.control.registerGateway({ address: signer.toSuiAddress() });
  return { signer, cap };
}

/** 32 lower-case hex digits. */
export function freshRequestId(): string {
  return randomBytes(16).toString('hex');
}

/** A command that a token with its permission may execute: a GET of pods, unless told otherwise. */
export function command(actor: Actor, changes: Partial<KubectlCommand> = {}): KubectlCommand {
  return {
    token: actor.token,
    record: actor.record,
    requestId: freshRequestId(),
    method: 'GET',
    path: '/api/v1/namespaces/default/pods',
    namespace: 'default',
    resourceType: 'pods',
    payloadDigest: randomBytes(32),
    ...changes,
  };
}

export function executeAs(
  t: CheckContext,
  gateway: GatewayWallet,
  request: KubectlCommand,
): Promise<Attempt> {
  return t.chain.attempt(gateway.signer, (tx) => t.chain.calls.executeCommand(tx, gateway.cap, request));
}

/** Fails when the chain has a request with one of these ids. */
export async function noRequests(t: CheckContext, ids: readonly string[]): Promise<void> {
  const seen = await t.chain.events('K8sAPIRequest');
  const found = seen.filter(({ data }) => ids.includes(data.request_id));
  if (found.length > 0)
    throw new CheckFailure('a refused request left an event', {
      wanted: [],
      got: found.map(({ data }) => data),
    });
}

/** The chain clock’s present time in Unix milliseconds. */
export async function chainMs(t: CheckContext): Promise<number> {
  const { object } = await t.chain.client.core.getObject({ objectId: '0x6', include: { content: true } });
  const bytes = Buffer.from(object.content ?? []);
  if (bytes.length !== 40) throw new HarnessError('the chain has no clock at 0x6');
  return Number(bytes.readBigUInt64LE(32));
}

/** The one event that a transaction left, whose timestamp_ms is the chain's time of the transaction; it comes back as 0. */
export async function timedEvent<Name extends 'K8sAPIRequest' | 'K8sAPIResult'>(
  t: CheckContext,
  name: Name,
  attempt: () => Promise<Attempt>,
): Promise<ContractEvents[Name]> {
  const from = await chainMs(t);
  const made = done(name, await attempt());
  const until = await chainMs(t);
  const event = onlyEvent(made, name);
  const at = Number(event.timestamp_ms);
  ok('timestamp_ms is the chain’s time of the transaction', from <= at && at <= until, {
    wanted: [from, until],
    got: at,
  });
  return { ...event, timestamp_ms: 0n };
}

export async function chainSeconds(t: CheckContext): Promise<number> {
  return Math.floor((await chainMs(t)) / 1000);
}

/**
 * Shortens a token’s life to the chain’s present second, with `more` in the same transaction. The second may end before
 * the transaction is there; then it is tried again with the next one.
 */
export async function atExpiry(
  t: CheckContext,
  actor: Actor,
  more: (tx: Transaction) => void = () => {},
): Promise<Attempt> {
  for (let tries = 0; ; tries += 1) {
    const now = await chainSeconds(t);
    const got = await t.chain.attempt(actor.signer, (tx) => {
      t.chain.calls.shortenToken(tx, actor.token, now);
      more(tx);
    });
    const late = got.kind === 'aborted' && (await chainSeconds(t)) > now && got.code === 9;
    if (!late || tries === 20) return got;
  }
}

/** Ends a token’s life now, by its owner. */
export async function expire(t: CheckContext, actor: Actor): Promise<void> {
  done('shortening the token’s life to the present second', await atExpiry(t, actor));
}

/** Epoch that the chain is in. */
export async function epoch(t: CheckContext): Promise<number> {
  const { systemState } = await t.chain.client.core.getCurrentSystemState();
  return Number(systemState.epoch);
}

/** Lets epochs go by; only the embedded chain can. The check must be exclusive. */
export async function advanceEpochs(t: CheckContext, count: number): Promise<void> {
  t.needs('a chain whose epochs it can advance', t.world.chain.provider === 'embedded');
  await t.control.localnet({ path: 'epoch', body: { advance: count } });
}

/** The id that one of the pool’s tables holds under a key; undefined when it holds none. */
export async function lookUp(
  t: CheckContext,
  table: string,
  keyType: 'address' | '0x1::string::String',
  key: Uint8Array,
): Promise<string | undefined> {
  const id = deriveDynamicFieldID(table, keyType, key);
  const { objects } = await t.chain.client.core.getObjects({ objectIds: [id], include: { content: true } });
  const [field] = objects;
  if (field === undefined || field instanceof Error) return undefined;
  return `0x${Buffer.from(field.content ?? [])
    .subarray(-32)
    .toString('hex')}`;
}

/** BCS of what the last command of a transaction returns, from a simulation; an Attempt when it does not get there. */
export async function returned(
  t: CheckContext,
  sender: string,
  build: (tx: Transaction) => void,
): Promise<Uint8Array> {
  const tx = new Transaction();
  tx.setSender(sender);
  build(tx);
  const result = await t.chain.client.core.simulateTransaction({
    transaction: tx,
    include: { commandResults: true },
  });
  const value = result.commandResults?.at(-1)?.returnValues[0]?.bcs;
  if (value === undefined)
    throw new CheckFailure('the function returned nothing', { got: result.FailedTransaction?.status });
  return value;
}

/**
 * Fails unless an address that does not hold the capability is stopped, with the capability and with another object in
 * its place.
 */
export async function strangerIsStopped(
  t: CheckContext,
  what: string,
  cap: string,
  build: (tx: Transaction, cap: string) => void,
): Promise<void> {
  const stranger = await t.actors.wallet();
  notTheOwner(`${what} by a stranger`, await t.chain.attempt(stranger, (tx) => build(tx, cap)));
  const other = await t.chain.attempt(stranger, (tx) => build(tx, t.world.chain.ids.pool));
  stoppedByChain(`${what} with another object in the capability’s place`, other);
}
