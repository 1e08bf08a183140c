import type { SuiClientTypes } from '@mysten/sui/client';
import type { Signer } from '@mysten/sui/cryptography';
import type { SuiGrpcClient } from '@mysten/sui/grpc';
import { Transaction } from '@mysten/sui/transactions';
import { HarnessError, describeError } from '../../errors.ts';
import { createdObjects, type CreatedObject } from './transactions.ts';

/** An event of a transaction; `bcs` is base64, so that it can be handed on as JSON. */
export interface AttemptEvent {
  type: string;
  sender: string;
  bcs: string;
}

/**
 * What the chain made of a transaction, none of which is a fault of the suite:
 * done, aborted by Move, failed in another way while it ran, or not taken at all.
 */
export type Attempt =
  | { kind: 'done'; digest: string; created: CreatedObject[]; events: AttemptEvent[] }
  | { kind: 'aborted'; digest: string; package: string; module: string; code: number; message: string }
  | { kind: 'failed'; digest: string; message: string }
  | { kind: 'rejected'; message: string };

/** Above what any call of the package takes, so that no failure is for lack of gas. */
const BUDGET_MIST = 200_000_000n;

/** How a node says that a transaction breaks the rules; other codes are about the node itself. */
const REJECTIONS = new Set(['INVALID_ARGUMENT', 'FAILED_PRECONDITION', 'NOT_FOUND', 'PERMISSION_DENIED']);

/** A node's words for an input that another transaction changed since it was looked up. */
const OUTRUN = /unavailable for consumption|needs to be rebuilt/u;
const TRIES = 20;

/**
 * Sends one transaction as it is, without the dry run in which a client finds out that it would fail: what is to be
 * refused is refused by the chain. Waits until the node has it. When another transaction was faster with one of its
 * inputs, it is built anew. A node that cannot be reached is a HarnessError.
 */
export async function attempt(
  client: SuiGrpcClient,
  signer: Signer,
  transaction: Transaction,
): Promise<Attempt> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await once(client, signer, Transaction.from(transaction));
    if (outcome.kind !== 'rejected' || !OUTRUN.test(outcome.message) || tries === TRIES) return outcome;
  }
}

async function once(client: SuiGrpcClient, signer: Signer, transaction: Transaction): Promise<Attempt> {
  let result;
  try {
    result = await client.core.signAndExecuteTransaction({
      transaction: await complete(client, signer.toSuiAddress(), transaction),
      signer,
      include: { effects: true, events: true, objectTypes: true },
    });
  } catch (error) {
    const message = describeError(error);
    if (REJECTIONS.has(codeOf(error))) return { kind: 'rejected', message };
    throw new HarnessError(`the chain lost a transaction: ${message}`, { cause: error });
  }
  const done = result.$kind === 'Transaction' ? result.Transaction : result.FailedTransaction;
  const { digest } = done;
  await client.core.waitForTransaction({ digest, timeout: 15_000 });
  if (!done.status.success) return failure(digest, done.status.error);
  const events = done.events.map((event) => ({
    type: event.eventType,
    sender: event.sender,
    bcs: Buffer.from(event.bcs).toString('base64'),
  }));
  return { kind: 'done', digest, created: createdObjects(done.effects, done.objectTypes), events };
}

/** The transaction with nothing left to choose, so that building it asks for no dry run. */
async function complete(
  client: SuiGrpcClient,
  sender: string,
  transaction: Transaction,
): Promise<Transaction> {
  transaction.setSender(sender);
  const [kind, coins, price] = await Promise.all([
    transaction.build({ client, onlyTransactionKind: true }),
    client.core.listCoins({ owner: sender }),
    client.core.getReferenceGasPrice(),
  ]);
  const [richest] = coins.objects.toSorted((a, b) => (BigInt(a.balance) < BigInt(b.balance) ? 1 : -1));
  if (!richest) throw new HarnessError(`the wallet ${sender} has no coin`);
  const whole = Transaction.fromKind(kind);
  whole.setSender(sender);
  whole.setGasBudget(BUDGET_MIST);
  whole.setGasPrice(BigInt(price.referenceGasPrice));
  whole.setGasPayment([richest]);
  return whole;
}

function failure(digest: string, error: SuiClientTypes.ExecutionError): Attempt {
  const { message } = error;
  if (error.$kind !== 'MoveAbort') return { kind: 'failed', digest, message };
  const { abortCode, cleverError, location } = error.MoveAbort;
  return {
    kind: 'aborted',
    digest,
    package: location?.package ?? '',
    module: location?.module ?? '',
    code: cleverError?.errorCode ?? Number(abortCode),
    message,
  };
}

/** The gRPC code in an error or in what caused it. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const code = 'code' in error ? String(error.code) : '';
  return REJECTIONS.has(code) ? code : codeOf(error.cause);
}
