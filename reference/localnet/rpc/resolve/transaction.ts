import { bcs } from '@mysten/sui/bcs';
import type { GrpcTypes } from '@mysten/sui/grpc';
import { REFERENCE_GAS_PRICE } from '../../chain/chain.ts';
import type { Chain } from '../../chain/chain.ts';
import type { SimulationRequest } from '../../chain/types.ts';
import { typedDigest } from '../../chain/digest.ts';
import { TransactionRejected } from '../../chain/errors.ts';
import type { ExecutionResult } from '../../chain/executor.ts';
import type { ChainObject } from '../../chain/object.ts';
import { argumentsOf, decodeTransaction, encodeTransaction, LIMITS } from '../../chain/transaction.ts';
import type { GasData, ProgrammableTransaction } from '../../chain/transaction.ts';
import { sameType, SUI_COIN_TYPE } from '../../chain/type-tags.ts';
import type { Address } from '../../vm/index.ts';
import type { TransactionView } from '../render/transaction.ts';
import { invalidArgument } from '../status.ts';
import { parseCommand, parseExpiration, requireAddress } from './draft.ts';
import { resolveInputs } from './inputs.ts';

/** What a simulated transaction came to be, and what it would do. */
export interface Simulated {
  readonly view: TransactionView;
  readonly result: ExecutionResult;
}

export interface SimulationOptions {
  readonly checks: boolean;
  readonly selectGas: boolean;
}

type Draft = Omit<SimulationRequest, 'bytes' | 'checks'> & { readonly budgetGiven: boolean };

const ZERO = `0x${'0'.repeat(64)}`;
// Added to an estimate, in gas units: prices of storage may have changed when the transaction arrives.
const OVERHEAD_UNITS = 1_000n;

/** BCS of a transaction that a request carries, either ready or in parts. Throws RpcFailure INVALID_ARGUMENT. */
export function transactionBytes(chain: Chain, transaction: GrpcTypes.Transaction | undefined): Uint8Array {
  if (transaction === undefined) throw invalidArgument('missing transaction');
  if (transaction.bcs?.value !== undefined) return transaction.bcs.value;
  const draft = parseDraft(chain, transaction);
  return encodeTransaction(draft, draft.program);
}

/** Completes a transaction where it leaves things open, and executes it without effect. */
export function simulate(
  chain: Chain,
  transaction: GrpcTypes.Transaction | undefined,
  options: SimulationOptions,
): Simulated {
  if (transaction === undefined) throw invalidArgument('missing transaction');
  const draft = transaction.bcs?.value
    ? { ...decodeAny(transaction.bcs.value), budgetGiven: true }
    : parseDraft(chain, transaction);
  const select = options.selectGas && options.checks;
  if (!select) return run(chain, draft, draft.gasData, options.checks);
  return withGas(chain, draft);
}

function withGas(chain: Chain, draft: Draft): Simulated {
  let { gasData } = draft;
  if (!draft.budgetGiven) {
    const trial = run(chain, draft, { ...gasData, payment: [] }, true);
    if (trial.result.effects.failure !== undefined && gasData.payment.length === 0) return trial;
    const { computationCost, storageCost } = trial.result.effects.gas;
    const estimate = computationCost + storageCost + OVERHEAD_UNITS * BigInt(gasData.price);
    gasData = { ...gasData, budget: String(estimate < LIMITS.gasBudget ? estimate : LIMITS.gasBudget) };
  }
  if (gasData.payment.length > 0) return run(chain, draft, gasData, true);
  const coins = gasCoins(chain, gasData.owner, draft.program);
  const chosen = enough(coins, BigInt(gasData.budget), gasData.owner);
  const first = run(chain, draft, pay(gasData, chosen), true);
  const short = first.result.effects.failure?.status.$kind === 'InsufficientCoinBalance';
  if (!short || chosen.length === coins.length || !usesGasCoin(draft.program)) return first;
  return run(chain, draft, pay(gasData, coins.slice(0, LIMITS.gasObjects)), true);
}

function pay(gasData: GasData, coins: readonly ChainObject[]): GasData {
  const payment = coins.map(({ id, version, digest }) => ({
    objectId: id,
    version: String(version),
    digest,
  }));
  return { ...gasData, payment };
}

/** SUI coins of an address that the program does not use otherwise, the greatest first; those of a party cannot pay. */
function gasCoins(chain: Chain, owner: Address, program: ProgrammableTransaction): ChainObject[] {
  const used = new Set(
    program.inputs.flatMap((input) =>
      input.Object?.ImmOrOwnedObject ? [input.Object.ImmOrOwnedObject.objectId] : [],
    ),
  );
  return [...chain.objects.ownedBy(owner).values()]
    .filter(({ owner: { kind } }) => kind === 'address')
    .filter(({ id, data }) => data.kind === 'move' && sameType(data.type, SUI_COIN_TYPE) && !used.has(id))
    .toSorted((a, b) => Number((b.coinBalance ?? 0n) - (a.coinBalance ?? 0n)));
}

function enough(coins: readonly ChainObject[], budget: bigint, owner: Address): ChainObject[] {
  const chosen: ChainObject[] = [];
  let sum = 0n;
  for (const coin of coins) {
    if (sum >= budget || chosen.length === LIMITS.gasObjects) break;
    chosen.push(coin);
    sum += coin.coinBalance ?? 0n;
  }
  if (sum >= budget) return chosen;
  throw invalidArgument(
    `Unable to perform gas selection due to insufficient SUI balance for account ${owner} to satisfy required budget ${budget}.`,
  );
}

function usesGasCoin(program: ProgrammableTransaction): boolean {
  return program.commands.some((command) => argumentsOf(command).some(({ $kind }) => $kind === 'GasCoin'));
}

function run(chain: Chain, draft: Draft, gasData: GasData, checks: boolean): Simulated {
  const { sender, expiration, program } = draft;
  const bytes = encodeTransaction({ sender, expiration, gasData }, program);
  const result = chain.simulate({ sender, expiration, gasData, program, bytes, checks });
  const digest = typedDigest('TransactionData', bytes);
  return { view: { sender, expiration, gasData, program, bytes, digest }, result };
}

function parseDraft(chain: Chain, transaction: GrpcTypes.Transaction): Draft {
  const data = transaction.kind?.data;
  if (data?.oneofKind !== 'programmableTransaction') {
    throw invalidArgument('transaction.kind must be a programmable transaction');
  }
  const commands = data.programmableTransaction.commands.map(parseCommand);
  const inputs = resolveInputs(chain, data.programmableTransaction.inputs, commands);
  const sender = transaction.sender === undefined ? ZERO : requireAddress(transaction.sender, 'sender');
  const gas = transaction.gasPayment;
  const gasData: GasData = {
    payment: (gas?.objects ?? []).map((ref) => ({
      objectId: requireAddress(ref.objectId, 'object_id'),
      version: String(ref.version ?? 0n),
      digest: ref.digest ?? '',
    })),
    owner: gas?.owner === undefined ? sender : requireAddress(gas.owner, 'owner'),
    price: String(gas?.price ?? REFERENCE_GAS_PRICE),
    budget: String(gas?.budget ?? LIMITS.gasBudget),
  };
  return {
    sender,
    gasData,
    expiration: parseExpiration(transaction.expiration),
    program: { inputs, commands },
    budgetGiven: gas?.budget !== undefined,
  };
}

/** Like a submitted transaction, and also a bare kind, which has neither sender nor gas. */
function decodeAny(bytes: Uint8Array): Omit<Draft, 'budgetGiven'> {
  try {
    return decodeTransaction(bytes);
  } catch (error) {
    const program = decodeKind(bytes);
    if (program === undefined || !(error instanceof TransactionRejected)) throw error;
    const gasData = {
      payment: [],
      owner: ZERO,
      price: String(REFERENCE_GAS_PRICE),
      budget: String(LIMITS.gasBudget),
    };
    return { sender: ZERO, gasData, expiration: { $kind: 'None', None: true }, program };
  }
}

function decodeKind(bytes: Uint8Array): ProgrammableTransaction | undefined {
  try {
    return bcs.TransactionKind.parse(bytes).ProgrammableTransaction;
  } catch {
    return undefined;
  }
}
