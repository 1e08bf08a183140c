import { SimulationError, type SuiClientTypes } from '@mysten/sui/client';
import type { Signer } from '@mysten/sui/cryptography';
import type { SuiGrpcClient } from '@mysten/sui/grpc';
import { Transaction } from '@mysten/sui/transactions';
import { HarnessError, describeError } from '../../errors.ts';

export interface ChainEvent {
  type: string;
  sender: string;
  bcs: Uint8Array;
}

/** What became of one transaction: its effects when it succeeded, where it aborted when it did not. */
export type TransactionOutcome =
  | { ok: true; digest: string; created: CreatedObject[]; events: ChainEvent[] }
  | { ok: false; digest?: string; abort?: { module: string; code: number }; message: string };

/** A transaction that succeeded. */
export type Executed = Extract<TransactionOutcome, { ok: true }>;

export interface CreatedObject {
  id: string;
  type: string;
  /** Address of its owner; `shared` or `immutable` otherwise. */
  owner: string;
}

/**
 * Builds, signs and executes one transaction and waits until the node has it. A Move abort is an outcome; a node that
 * cannot be reached is a HarnessError, as without a chain nothing can be said about the target.
 */
export async function execute(
  client: SuiGrpcClient,
  signer: Signer,
  build: (tx: Transaction) => void,
): Promise<TransactionOutcome> {
  const tx = new Transaction();
  build(tx);
  tx.setSenderIfNotSet(signer.toSuiAddress());
  let result;
  try {
    result = await client.core.signAndExecuteTransaction({
      transaction: tx,
      signer,
      include: { effects: true, events: true, objectTypes: true },
    });
  } catch (error) {
    const abort = abortIn(error);
    if (abort) return { ok: false, abort, message: describeError(error) };
    throw new HarnessError(`the chain refused or lost a transaction: ${describeError(error)}`, {
      cause: error,
    });
  }
  const done = result.$kind === 'Transaction' ? result.Transaction : result.FailedTransaction;
  await client.core.waitForTransaction({ digest: done.digest, timeout: 15_000 });
  if (!done.status.success) {
    const abort = abortIn(done.status.error);
    return { ok: false, digest: done.digest, ...(abort && { abort }), message: done.status.error.message };
  }
  const created = createdObjects(done.effects, done.objectTypes);
  const events = done.events.map((event) => ({
    type: event.eventType,
    sender: event.sender,
    bcs: event.bcs,
  }));
  return { ok: true, digest: done.digest, created, events };
}

/** The outcome, or a HarnessError saying what was tried: for steps that only set the stage. */
export async function mustExecute(
  what: string,
  client: SuiGrpcClient,
  signer: Signer,
  build: (tx: Transaction) => void,
): Promise<Executed> {
  const outcome = await execute(client, signer, build);
  if (!outcome.ok) throw new HarnessError(`${what} failed on chain: ${outcome.message}`);
  return outcome;
}

/** The objects that a transaction made. */
export function createdObjects(
  effects: SuiClientTypes.TransactionEffects,
  types: Record<string, string>,
): CreatedObject[] {
  return effects.changedObjects
    .filter((change) => change.idOperation === 'Created')
    .map((change) => ({
      id: change.objectId,
      type: types[change.objectId] ?? '',
      owner: ownerOf(change.outputOwner),
    }));
}

/** The created object whose type ends in `::module::Name`. */
export function createdOf(outcome: { created: CreatedObject[] }, typeEnd: string): CreatedObject {
  const object = outcome.created.find(({ type }) => type.endsWith(typeEnd));
  if (!object)
    throw new HarnessError(
      `no ${typeEnd} was created, only ${outcome.created.map((o) => o.type).join(', ')}`,
    );
  return object;
}

/** Module and code of a Move abort, from the execution error that an outcome or a simulation error carries. */
function abortIn(error: unknown): { module: string; code: number } | undefined {
  const failure =
    error instanceof SimulationError ? error.executionError : (error as SuiClientTypes.ExecutionError | null);
  if (failure?.$kind !== 'MoveAbort') return undefined;
  return { module: failure.MoveAbort.location?.module ?? '', code: Number(failure.MoveAbort.abortCode) };
}

function ownerOf(owner: { $kind: string; AddressOwner?: string } | null): string {
  if (owner === null) return '';
  if (owner.$kind === 'AddressOwner') return owner.AddressOwner ?? '';
  return owner.$kind.toLowerCase();
}
