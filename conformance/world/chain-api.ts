import type { Signer } from '@mysten/sui/cryptography';
import type { SuiGrpcClient } from '@mysten/sui/grpc';
import { Transaction } from '@mysten/sui/transactions';
import {
  EVENTS,
  OBJECTS,
  type ContractEvents,
  type ContractObjects,
  type EventName,
  type ObjectName,
} from '../../contracts/bindings/index.ts';
import type { TappedEvent } from '../drivers/chain/event-tap.ts';
import type { ContractCalls } from '../drivers/chain/package.ts';
import { attempt, type Attempt } from '../drivers/chain/attempt.ts';
import { execute, type TransactionOutcome } from '../drivers/chain/transactions.ts';
import { poll } from '../drivers/wait.ts';
import { HarnessError } from '../errors.ts';
import type { Control } from '../target/control-methods.ts';

/** An event of the package, decoded, and where it stands in the ledger. */
export interface SeenEvent<Name extends EventName> extends Omit<TappedEvent, 'bcs'> {
  data: ContractEvents[Name];
}

/** The chain as checks see it: events and objects decoded, transactions of any wallet. */
export class ChainApi {
  readonly client: SuiGrpcClient;
  readonly calls: ContractCalls;
  readonly #control: Control;
  /** Everything fetched so far; the ledger only grows, so only what is new is asked for. */
  readonly #fetched: TappedEvent[] = [];
  readonly #decoded = new WeakMap<TappedEvent, unknown>();
  #fetching: Promise<unknown> = Promise.resolve();

  constructor(client: SuiGrpcClient, calls: ContractCalls, control: Control) {
    this.client = client;
    this.calls = calls;
    this.#control = control;
  }

  /** All events of this name since the run began, in ledger order, or those with the fields given. */
  async events<Name extends EventName>(
    name: Name,
    fields: Partial<ContractEvents[Name]> = {},
  ): Promise<SeenEvent<Name>[]> {
    const events = await this.#allEvents();
    return events
      .filter((event) => event.name.endsWith(`::${name}`))
      .map((event) => this.#decode(name, event))
      .filter(({ data }) =>
        Object.entries(fields).every(([field, value]) => data[field as keyof typeof data] === value),
      );
  }

  #decode<Name extends EventName>(name: Name, event: TappedEvent): SeenEvent<Name> {
    const known = this.#decoded.get(event) as SeenEvent<Name> | undefined;
    if (known) return known;
    const { bcs, ...place } = event;
    const seen = { ...place, data: EVENTS[name].parse(Buffer.from(bcs, 'base64')) } as SeenEvent<Name>;
    this.#decoded.set(event, seen);
    return seen;
  }

  /** One fetch after the other, so that none is taken twice; each begins after the call, so nothing older is missed. */
  async #allEvents(): Promise<readonly TappedEvent[]> {
    const fetch = this.#fetchAfter(this.#fetching);
    this.#fetching = fetch.catch(() => undefined);
    await fetch;
    return this.#fetched;
  }

  async #fetchAfter(previous: Promise<unknown>): Promise<void> {
    await previous;
    const { events } = await this.#control.events({ from: this.#fetched.length });
    this.#fetched.push(...events);
  }

  /** The first event of this name with these fields, once it is there; undefined when it does not come in time. */
  event<Name extends EventName>(
    name: Name,
    fields: Partial<ContractEvents[Name]>,
    withinMs = 5_000,
  ): Promise<SeenEvent<Name> | undefined> {
    return poll(async () => (await this.events(name, fields))[0], { timeoutMs: withinMs, intervalMs: 60 });
  }

  /** One of the package's objects. Throws HarnessError when there is none with content. */
  async object<Name extends ObjectName>(name: Name, id: string): Promise<ContractObjects[Name]> {
    const { object } = await this.client.core.getObject({ objectId: id, include: { content: true } });
    if (!object.content) throw new HarnessError(`the object ${id} has no content`);
    return OBJECTS[name].parse(object.content);
  }

  /** Balance in MIST. */
  async balance(owner: string): Promise<bigint> {
    return BigInt((await this.client.core.getBalance({ owner })).balance.balance);
  }

  execute(signer: Signer, build: (tx: Transaction) => void): Promise<TransactionOutcome> {
    return execute(this.client, signer, build);
  }

  /** Sends a transaction without a dry run, so that the chain itself refuses what is to be refused. */
  attempt(signer: Signer, build: (tx: Transaction) => void): Promise<Attempt> {
    const transaction = new Transaction();
    build(transaction);
    return attempt(this.client, signer, transaction);
  }

  /** The same as the operator, who holds the capabilities. */
  async operate(build: (tx: Transaction) => void): Promise<Attempt> {
    const transaction = new Transaction();
    build(transaction);
    return this.#control.operate({ transaction: await transaction.toJSON() });
  }
}
