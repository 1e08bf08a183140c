import { bcs } from '@mysten/sui/bcs';
import { buildContracts } from '../../../../contracts/build.ts';
import type { CompiledPackage } from '../../../../contracts/build.ts';
import type { TransactionRecord } from '../../chain/checkpoint.ts';
import type { ExecutionResult } from '../../chain/executor.ts';
import type { EmittedEvent } from '../../chain/execution-state.ts';
import { CLOCK_ID } from '../../chain/genesis.ts';
import { decodeTransaction } from '../../chain/transaction.ts';
import { startLocalnet } from '../../localnet.ts';
import type { Localnet } from '../../localnet.ts';
import type { Address } from '../../vm/index.ts';
import { addressOf } from './call.ts';
import type { Call, Known, ObjectKind } from './call.ts';
import { choose } from './choose.ts';
import type { Raw } from './choose.ts';
import { ACTORS, ADMIN_ADDRESS } from './values.ts';
import { buildCall } from './build-call.ts';
import { Ptb } from './ptb.ts';

/** Where a call failed. */
export interface Abort {
  /** `staking`, or `sui::balance` for a module of the framework. */
  readonly module: string;
  readonly code: bigint;
}

/** What one call did on the localnet. */
export interface Outcome {
  readonly call: Call;
  readonly abort?: Abort;
  /** BCS of what is compared of the results; empty for none. */
  readonly returned: Uint8Array;
  readonly events: readonly {
    readonly name: string;
    readonly contents: Uint8Array;
    readonly makes: boolean;
  }[];
  /** An object that was made and that no event names. */
  readonly late?: 'MasterCap' | 'UserPermission';
}

/** A program as the localnet ran it. */
export interface Recording {
  readonly outcomes: readonly Outcome[];
  readonly known: readonly Known[];
  /** Contents of every object of the contracts in the end, in their order. */
  readonly contents: readonly Uint8Array[];
}

const START_MS = 1_000_000;
const MAX_KNOWN = 250;
/** Calls whose results are compared. */
const RETURNING = new Set(['withdraw', 'sweep', 'recordOf', 'info', 'isAnswered', 'kubectl', 'coins']);
/** The object that an event names first is new. */
const MAKERS: Readonly<Record<string, ObjectKind>> = {
  StakeEvent: 'StakeRecord',
  SealTokenIssued: 'SealToken',
  GatewayRegistered: 'GatewayCap',
  EndpointRegistered: 'NautilusEndpoint',
  ClusterCreated: 'Cluster',
};
const STAKE_TYPE: Readonly<Record<string, number>> = { stakeUser: 1, stakeNode: 2, stakeAdmin: 3 };

/** A localnet with the contracts on it that runs one program after the other, each from the same beginning. */
export class ChainSide implements AsyncDisposable {
  readonly #localnet: Localnet;
  readonly #package: Address;
  readonly #caps: { readonly admin: Address; readonly slash: Address };
  readonly #first: readonly Known[];
  readonly #coins: ReadonlyMap<Address, Address>;

  private constructor(localnet: Localnet, made: ReadonlyMap<string, Address>, coins: Map<Address, Address>) {
    const id = (name: string): Address => made.get(name) as Address;
    this.#localnet = localnet;
    this.#package = id('package');
    this.#caps = { admin: id('AdminCap'), slash: id('SlashCap') };
    this.#first = (['StakingPool', 'Registry'] as const).map((kind, number) => ({
      number,
      kind,
      id: id(kind),
      owner: ADMIN_ADDRESS,
      of: 0,
    }));
    this.#coins = coins;
  }

  static async start(contracts?: CompiledPackage): Promise<ChainSide> {
    const localnet = await startLocalnet({ clock: () => START_MS, seed: new Uint8Array(32).fill(7) });
    const coins = new Map(
      [...ACTORS, addressOf(0n)].map((actor) => [actor, localnet.fund(actor, 10n ** 16n).id]),
    );
    const { modules, dependencies } = contracts ?? (await buildContracts());
    const ptb = new Ptb(localnet.chain);
    ptb.give(ptb.publish(modules, dependencies), ADMIN_ADDRESS);
    const { bytes } = ptb.build(ADMIN_ADDRESS, coins.get(ADMIN_ADDRESS) as Address);
    const { result } = localnet.chain.executeTrusted(decodeTransaction(bytes));
    if (result.effects.failure !== undefined) throw result.effects.failure;
    const made = new Map<string, Address>();
    for (const { id, after, idOperation } of result.effects.changes) {
      if (after?.data.kind === 'package') made.set('package', id);
      else if (idOperation === 'Created' && after) made.set(after.data.type.name, id);
    }
    localnet.snapshot();
    return new ChainSide(localnet, made, coins);
  }

  /** Runs a program from the beginning. The first two calls are always an endpoint and a gateway. */
  run(raws: readonly Raw[]): Recording {
    this.#localnet.restore();
    const known = [...this.#first];
    const outcomes: Outcome[] = [];
    const requests: string[] = [];
    const take = (call: Call): void => {
      const outcome = this.#one(call, known);
      outcomes.push(outcome);
      if (call.op === 'execute' && outcome.abort === undefined)
        requests.push(Buffer.from(call.t[0] as Uint8Array).toString('utf8'));
    };
    take(START_ENDPOINT);
    take(START_GATEWAY);
    for (const raw of raws) {
      if (known.length >= MAX_KNOWN) break;
      const seconds = this.#localnet.chain.now() / 1000n;
      const call = choose(raw, { known, seconds, requests });
      if (call !== undefined) take(call);
    }
    return { outcomes, known, contents: known.map(({ id }) => this.#contents(id)) };
  }

  /** Funds a new address and stakes for it as a user; for measuring. */
  stake(sender: Address): void {
    const { chain } = this.#localnet;
    const coin = this.#localnet.fund(sender, 20_000_000_000n).id;
    const call: Call = { op: 'stakeUser', sender, n: [500_000_000n], t: [] };
    const ptb = new Ptb(chain);
    buildCall(ptb, call, { package: this.#package, caps: this.#caps, clock: CLOCK_ID, known: this.#first });
    const { result } = chain.executeTrusted(decodeTransaction(ptb.build(sender, coin).bytes));
    if (result.effects.failure !== undefined) throw result.effects.failure;
  }

  #one(call: Call, known: Known[]): Outcome {
    const { chain } = this.#localnet;
    if (call.op === 'clock') chain.advanceClock(Number(call.n[0]));
    if (call.op === 'epoch') chain.advanceEpoch(Number(call.n[0]));
    const ptb = new Ptb(chain);
    const values = buildCall(ptb, call, { package: this.#package, caps: this.#caps, clock: CLOCK_ID, known });
    if (ptb.isEmpty) return { call, returned: new Uint8Array(), events: [] };
    const sender = call.sender;
    const { bytes, program, gas } = ptb.build(sender, this.#coins.get(sender) as Address);
    // Results do not outlive a transaction, so they are looked at in a dry run, which must come to the same end.
    const tried = RETURNING.has(call.op)
      ? chain.simulate({
          sender,
          gasData: gas,
          expiration: { $kind: 'None', None: true },
          program,
          bytes,
          checks: true,
        })
      : undefined;
    const { result } = chain.executeTrusted(decodeTransaction(bytes));
    if (tried !== undefined && tried.effectsDigest !== result.effectsDigest)
      throw new Error(`${call.op}: a dry run and the run differ`);
    return this.#outcome(call, result, tried, values, known);
  }

  #outcome(
    call: Call,
    result: TransactionRecord['result'],
    tried: ExecutionResult | undefined,
    values: readonly number[],
    known: Known[],
  ): Outcome {
    const { failure } = result.effects;
    if (failure !== undefined) {
      const abort = abortOf(failure.status.MoveAbort as MoveAbortStatus | undefined, this.#package);
      if (abort === undefined) throw failure;
      return { call, abort, returned: new Uint8Array(), events: [] };
    }
    const returned = values.map((index) => valueOf(call, tried?.outputs[index]?.returns[0]?.bcs));
    const events = result.events.map((event) => ({
      name: event.type.name,
      contents: event.contents,
      makes: note(event, call, known),
    }));
    const late = noteLate(call, result, known);
    return { call, returned: Buffer.concat(returned), events, ...(late !== undefined && { late }) };
  }

  #contents(id: Address): Uint8Array {
    const data = this.#localnet.chain.objects.get(id)?.data;
    if (data?.kind !== 'move') throw new Error(`${id} is gone`);
    return data.contents;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#localnet[Symbol.asyncDispose]();
  }
}

const START_ENDPOINT: Call = {
  op: 'registerEndpoint',
  sender: ADMIN_ADDRESS,
  n: [0x3a1n],
  t: [Buffer.from('https://first.example'), ...[1, 2, 3].map((n) => new Uint8Array(48).fill(n))],
};
const START_GATEWAY: Call = { op: 'registerGateway', sender: ADMIN_ADDRESS, n: [0x6a1n], t: [] };

type MoveAbortStatus = readonly [
  { readonly module: { readonly address: string; readonly name: string } },
  string,
];

function abortOf(status: MoveAbortStatus | undefined, contracts: Address): Abort | undefined {
  if (status === undefined) return undefined;
  const [{ module }, code] = status;
  const frameworks: Readonly<Record<string, string>> = { 1: 'std', 2: 'sui' };
  const home = module.address === contracts ? 'k3s_daas' : frameworks[String(BigInt(module.address))];
  return { module: `${home}::${module.name}`, code: BigInt(code) };
}

/** Coins have another id on each machine: only what they are worth counts. */
function valueOf({ op }: Call, bytes: Uint8Array | undefined): Uint8Array {
  if (bytes === undefined) throw new Error(`${op}: a result is missing`);
  return op === 'withdraw' || op === 'sweep' ? bytes.subarray(32) : bytes;
}

function note(event: EmittedEvent, call: Call, known: Known[]): boolean {
  const kind = MAKERS[event.type.name];
  if (kind === undefined) return false;
  const id: Address = bcs.Address.parse(event.contents.subarray(0, 32));
  const record = Number(call.n[0] ?? 0n);
  const of = kind === 'StakeRecord' ? (STAKE_TYPE[call.op] ?? 0) : record;
  const owner = kind === 'GatewayCap' ? addressOf(call.n[0] ?? 0n) : call.sender;
  known.push({ number: known.length, kind, id, owner, of });
  return true;
}

function noteLate(
  call: Call,
  result: ExecutionResult,
  known: Known[],
): 'MasterCap' | 'UserPermission' | undefined {
  const kind =
    call.op === 'registerEndpoint' ? 'MasterCap' : call.op === 'authorize' ? 'UserPermission' : undefined;
  if (kind === undefined) return undefined;
  const made = result.effects.changes.find(
    ({ after, idOperation }) =>
      idOperation === 'Created' && after?.data.kind === 'move' && after.data.type.name === kind,
  );
  if (made === undefined) throw new Error(`${call.op} made no ${kind}`);
  // The endpoint is the newest object so far; a permission names its cluster.
  const of = kind === 'MasterCap' ? known.length - 1 : Number(call.n[1]);
  known.push({ number: known.length, kind, id: made.id, owner: addressOf(call.n[0] as bigint), of });
  return kind;
}
