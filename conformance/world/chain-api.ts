import type { Signer } from '@mysten/sui/cryptography';
import type { SuiGrpcClient } from '@mysten/sui/grpc';
import type { Transaction } from '@mysten/sui/transactions';
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
    const { events } = await this.#control.events({});
    return events
      .filter((event) => event.name.endsWith(`::${name}`))
      .map(({ bcs, ...place }) => ({ ...place, data: EVENTS[name].parse(Buffer.from(bcs, 'base64')) }))
      .filter(({ data }) =>
        Object.entries(fields).every(([field, value]) => data[field as keyof typeof data] === value),
      );
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
}
