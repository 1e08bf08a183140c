import type { Signer } from '@mysten/sui/cryptography';
import type { SuiGrpcClient } from '@mysten/sui/grpc';
import type { Transaction } from '@mysten/sui/transactions';
import { decodeEvent, decodeObject, type DecodedEvent } from '../drivers/chain/decode.ts';
import type { TappedEvent } from '../drivers/chain/event-tap.ts';
import type { ContractCalls } from '../drivers/chain/package.ts';
import { execute, type TransactionOutcome } from '../drivers/chain/transactions.ts';
import { poll } from '../drivers/wait.ts';
import { HarnessError } from '../errors.ts';
import type { Control } from '../target/control-methods.ts';

/** An event of the package, decoded, and where it stands in the ledger. */
export type SeenEvent = Omit<TappedEvent, 'bcs'> & DecodedEvent;

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

  /** All events of the package since the run began, in ledger order. */
  async events(name?: string): Promise<SeenEvent[]> {
    const { events } = await this.#control.events({});
    const wanted = name === undefined ? events : events.filter((event) => event.name.endsWith(`::${name}`));
    return wanted.map(({ bcs, ...place }) => ({ ...place, ...decodeEvent(place.name, Buffer.from(bcs, 'base64')) }));
  }

  /** The first event of this name with these fields, once it is there; undefined when it does not come in time. */
  findEvent(name: string, fields: Record<string, unknown>, withinMs = 5_000): Promise<SeenEvent | undefined> {
    return poll(async () => (await this.events(name)).find((event) => matches(event.fields, fields)), {
      timeoutMs: withinMs,
      intervalMs: 60,
    });
  }

  /** All events of this name with these fields. */
  async eventsWith(name: string, fields: Record<string, unknown>): Promise<SeenEvent[]> {
    return (await this.events(name)).filter((event) => matches(event.fields, fields));
  }

  /** Fields of one of the package's objects. Throws HarnessError when there is none. */
  async object(id: string): Promise<Record<string, unknown>> {
    const { object } = await this.client.core.getObject({ objectId: id, include: { content: true } });
    if (!object.content) throw new HarnessError(`the object ${id} has no content`);
    return decodeObject(object.type, object.content);
  }

  /** Balance in MIST. */
  async balance(owner: string): Promise<bigint> {
    return BigInt((await this.client.core.getBalance({ owner })).balance.balance);
  }

  execute(signer: Signer, build: (tx: Transaction) => void): Promise<TransactionOutcome> {
    return execute(this.client, signer, build);
  }
}

function matches(got: Record<string, unknown>, wanted: Record<string, unknown>): boolean {
  return Object.entries(wanted).every(([name, value]) => got[name] === value);
}
