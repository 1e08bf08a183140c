import type { Signer } from '@mysten/sui/cryptography';
import type { SuiGrpcClient } from '@mysten/sui/grpc';
import { requestSuiFromFaucetV2 } from '@mysten/sui/faucet';
import { Transaction } from '@mysten/sui/transactions';
import { HarnessError, describeError } from '../errors.ts';
import type { ContractCalls } from '../drivers/chain/package.ts';
import { attempt, type Attempt } from '../drivers/chain/attempt.ts';
import { mustExecute, type TransactionOutcome } from '../drivers/chain/transactions.ts';

export interface OperatorCaps {
  admin?: string | undefined;
  slash?: string | undefined;
}

/**
 * The wallet that published the package, or stands for whoever did: it funds wallets and holds the capabilities.
 * Its transactions run one after the other, as two at once would fight for the same coins and capabilities.
 */
export class Operator {
  readonly address: string;
  readonly caps: OperatorCaps;
  readonly #client: SuiGrpcClient;
  readonly #signer: Signer;
  readonly #calls: ContractCalls;
  readonly #faucet: string | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: {
    client: SuiGrpcClient;
    signer: Signer;
    calls: ContractCalls;
    caps: OperatorCaps;
    /** Base URL of a faucet; without one, coins come from the operator's own. */
    faucet?: string | undefined;
  }) {
    this.address = options.signer.toSuiAddress();
    this.caps = options.caps;
    this.#client = options.client;
    this.#signer = options.signer;
    this.#calls = options.calls;
    this.#faucet = options.faucet;
  }

  /** Gives an address at least so many MIST. */
  async fund(address: string, mist: bigint): Promise<void> {
    if (this.#faucet !== undefined) {
      await fundFromFaucet(this.#client, this.#faucet, address, mist);
      return;
    }
    await this.run(`funding ${address}`, (tx) => {
      const [coin] = tx.splitCoins(tx.gas, [mist]);
      tx.transferObjects([coin!], address);
    });
  }

  async slash(record: string, reason: string): Promise<string> {
    const cap = this.#cap('slash', 'SlashCap');
    const done = await this.run('slashing', (tx) => this.#calls.slash(tx, cap, record, reason));
    return done.digest;
  }

  async registerGateway(address: string): Promise<string> {
    const cap = this.#cap('admin', 'AdminCap');
    const done = await this.run('registering a gateway', (tx) =>
      this.#calls.registerGateway(tx, cap, address),
    );
    const created = done.created.find(({ type }) => type.endsWith('::k8s_gateway::GatewayCap'));
    if (!created) throw new HarnessError('register_gateway made no GatewayCap');
    return created.id;
  }

  async retireGateway(gatewayCap: string): Promise<void> {
    const cap = this.#cap('admin', 'AdminCap');
    await this.run('retiring a gateway', (tx) => this.#calls.retireGateway(tx, cap, gatewayCap));
  }

  /** Runs one transaction after those before it; a failure is a HarnessError. */
  run(what: string, build: (tx: Transaction) => void): Promise<Extract<TransactionOutcome, { ok: true }>> {
    const next = this.#queue.then(() => mustExecute(what, this.#client, this.#signer, build));
    this.#queue = next.catch(() => undefined);
    return next;
  }

  /** Sends one transaction after those before it, whatever becomes of it. */
  attempt(transaction: Transaction): Promise<Attempt> {
    const next = this.#queue.then(() => attempt(this.#client, this.#signer, transaction));
    this.#queue = next.catch(() => undefined);
    return next;
  }

  #cap(kind: keyof OperatorCaps, name: string): string {
    const id = this.caps[kind];
    if (id === undefined) throw new HarnessError(`the operator wallet holds no ${name}`);
    return id;
  }
}

/** Asks the faucet until the balance is there; one request gives what the faucet gives. */
export async function fundFromFaucet(
  client: SuiGrpcClient,
  host: string,
  address: string,
  mist: bigint,
): Promise<void> {
  for (let asked = 0; asked < 50; asked += 1) {
    const { balance } = await client.core.getBalance({ owner: address });
    if (BigInt(balance.balance) >= mist) return;
    try {
      await requestSuiFromFaucetV2({ host, recipient: address });
    } catch (cause) {
      throw new HarnessError(`the faucet at ${host} gave nothing: ${describeError(cause)}`, { cause });
    }
  }
  throw new HarnessError(`the faucet at ${host} did not give ${mist} MIST to ${address}`);
}
