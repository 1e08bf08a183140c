import { SuiGrpcClient } from '@mysten/sui/grpc';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Transaction } from '@mysten/sui/transactions';
import type { Keypair } from '@mysten/sui/cryptography';
import { buildPackage } from '../../../contracts/build.ts';
import type { CompiledPackage } from '../../../contracts/build.ts';
import { startLocalnet } from '../localnet.ts';
import type { Localnet } from '../localnet.ts';

/** MIST in a SUI. */
export const SUI = 1_000_000_000n;

const include = { effects: true, events: true, objectTypes: true, balanceChanges: true } as const;
export type Executed = Awaited<ReturnType<Harness['run']>>;

/** A network with one client, and what most tests do on it. */
export class Harness implements AsyncDisposable {
  readonly localnet: Localnet;
  readonly client: SuiGrpcClient;
  /** Faults of the localnet itself; a test that leaves any here has found one. */
  readonly faults: unknown[];

  constructor(localnet: Localnet, faults: unknown[]) {
    this.localnet = localnet;
    this.faults = faults;
    this.client = new SuiGrpcClient({ network: 'localnet', transport: localnet.transport });
  }

  /** A key pair with coins of these amounts, in MIST. */
  wallet(...coins: readonly bigint[]): Ed25519Keypair {
    const pair = new Ed25519Keypair();
    for (const amount of coins) this.localnet.fund(pair.toSuiAddress(), amount);
    return pair;
  }

  /** Signs, executes and gives the outcome, whether execution succeeded or failed. */
  async run(transaction: Transaction, signer: Keypair) {
    const result = await this.client.signAndExecuteTransaction({ transaction, signer, include });
    return result.$kind === 'Transaction' ? result.Transaction : result.FailedTransaction;
  }

  /** The same without the dry run of building, so that failures reach the chain. `budget` in MIST. */
  async runUnchecked(transaction: Transaction, signer: Keypair, budget = 50_000_000n) {
    const kind = await transaction.build({ client: this.client, onlyTransactionKind: true });
    const resolved = Transaction.fromKind(kind);
    resolved.setSender(signer.toSuiAddress());
    resolved.setGasBudget(budget);
    resolved.setGasPrice(1_000n);
    const { objects } = await this.client.listCoins({ owner: signer.toSuiAddress() });
    const coin = objects.toSorted((a, b) => Number(BigInt(b.balance) - BigInt(a.balance)))[0];
    if (coin === undefined) throw new Error('the wallet is empty');
    resolved.setGasPayment([coin]);
    return this.run(resolved, signer);
  }

  /** Publishes a package; gives its id and the ids of what its publication made, by type name. */
  async publish(built: CompiledPackage, signer: Keypair) {
    const transaction = new Transaction();
    const cap = transaction.publish({
      modules: built.modules.map((module) => Buffer.from(module).toString('base64')),
      dependencies: built.dependencies,
    });
    transaction.transferObjects([cap], signer.toSuiAddress());
    const done = await this.run(transaction, signer);
    const written = done.effects.changedObjects.find((change) => change.outputState === 'PackageWrite');
    if (written === undefined) throw new Error('nothing was published', { cause: done.status });
    return { packageId: written.objectId, created: createdByType(done), done };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.localnet[Symbol.asyncDispose]();
  }
}

/** A network whose wall clock stands still unless it is moved. */
export async function startHarness(clock: () => number = Date.now): Promise<Harness> {
  const faults: unknown[] = [];
  const localnet = await startLocalnet({ clock, onError: (_where, error) => faults.push(error) });
  return new Harness(localnet, faults);
}

/** Created objects by the last part of their type, such as `Counter`. */
export function createdByType(done: Executed): Record<string, string> {
  const created = done.effects.changedObjects.filter(
    (change) => change.idOperation === 'Created' && change.outputState === 'ObjectWrite',
  );
  return Object.fromEntries(
    created.map(({ objectId }) => {
      const type = (done.objectTypes[objectId] ?? '').replace(/<.*$/, '');
      return [type.slice(type.lastIndexOf('::') + 2), objectId];
    }),
  );
}

let zoo: Promise<CompiledPackage> | undefined;

/** A package that uses every way in which Move code can touch objects. Compiled once a process. */
export function buildZoo(): Promise<CompiledPackage> {
  return (zoo ??= buildPackage({ 'zoo.move': ZOO }, 'zoo'));
}

const ZOO = `
module zoo::zoo;

use std::string::String;
use sui::balance::Balance;
use sui::clock::Clock;
use sui::coin::{Self, Coin};
use sui::dynamic_field as df;
use sui::dynamic_object_field as dof;
use sui::event;
use sui::package::{Self, Publisher};
use sui::sui::SUI;
use sui::table::{Self, Table};
use sui::transfer::Receiving;

public struct ZOO has drop {}
public struct Counter has key { id: UID, value: u64, names: Table<String, u64> }
public struct Toy has key, store { id: UID, number: u64 }
public struct Box has key, store { id: UID, toy: Option<Toy> }
public struct Bound has key { id: UID }
public struct Purse has key { id: UID, inside: Balance<SUI> }
public struct Potato { owed: u64 }
public struct Counted has copy, drop { counter: ID, value: u64, by: address, at_ms: u64 }
public struct Pair has copy, drop { first: u64, second: vector<u8> }

fun init(otw: ZOO, ctx: &mut TxContext) {
    transfer::public_transfer(package::claim(otw, ctx), ctx.sender());
    transfer::share_object(Counter { id: object::new(ctx), value: 0, names: table::new(ctx) });
}

public fun increment(counter: &mut Counter, clock: &Clock, ctx: &TxContext): u64 {
    counter.value = counter.value + 1;
    event::emit(Counted {
        counter: object::id(counter), value: counter.value, by: ctx.sender(), at_ms: clock.timestamp_ms(),
    });
    counter.value
}

public fun value(counter: &Counter): u64 { counter.value }
public fun pair(first: u64, second: vector<u8>): Pair { Pair { first, second } }
public fun sum(pair: Pair, more: vector<u64>): u64 {
    let mut total = pair.first;
    more.do!(|n| total = total + n);
    total
}
public fun epoch_of(ctx: &TxContext): u64 { ctx.epoch() }
public fun sponsor_of(ctx: &TxContext): Option<address> { ctx.sponsor() }
public fun fail(code: u64) { abort code }
public fun overflow(n: u8): u8 { n + 255 }
public fun forever() { loop {} }

public fun name(counter: &mut Counter, name: String, value: u64) { counter.names.add(name, value) }
public fun unname(counter: &mut Counter, name: String): u64 { counter.names.remove(name) }
public fun rename(counter: &mut Counter, name: String, value: u64) { *counter.names.borrow_mut(name) = value }
public fun read(counter: &Counter, name: String): u64 { *counter.names.borrow(name) }
public fun touch(counter: &mut Counter, name: String): u64 { *counter.names.borrow_mut(name) }

public fun mark(counter: &mut Counter, key: u8, value: bool) { df::add(&mut counter.id, key, value) }
public fun keep(counter: &mut Counter, key: u8, toy: Toy) { dof::add(&mut counter.id, key, toy) }
public fun unkeep(counter: &mut Counter, key: u8): Toy { dof::remove(&mut counter.id, key) }
public fun play(counter: &mut Counter, key: u8) {
    let toy: &mut Toy = dof::borrow_mut(&mut counter.id, key);
    toy.number = toy.number + 1;
}

public fun toy(number: u64, ctx: &mut TxContext): Toy { Toy { id: object::new(ctx), number } }
public fun number(toy: &Toy): u64 { toy.number }
public fun paint(toy: &mut Toy, number: u64) { toy.number = number }
public fun break_toy(toy: Toy) { let Toy { id, number: _ } = toy; id.delete() }
public fun swap(a: &mut Toy, b: &mut Toy) { let n = a.number; a.number = b.number; b.number = n }
public fun total(toys: vector<Toy>): (u64, vector<Toy>) {
    let mut sum = 0;
    toys.do_ref!(|toy| sum = sum + toy.number);
    (sum, toys)
}
public fun give_all(toys: vector<Toy>, to: address) { toys.do!(|toy| transfer::public_transfer(toy, to)) }

public fun wrap(toy: Toy, ctx: &mut TxContext): Box { Box { id: object::new(ctx), toy: option::some(toy) } }
public fun unwrap(box: &mut Box): Toy { box.toy.extract() }
public fun receive_toy(box: &mut Box, toy: Receiving<Toy>): Toy { transfer::public_receive(&mut box.id, toy) }
public fun bind(to: address, ctx: &mut TxContext) { transfer::transfer(Bound { id: object::new(ctx) }, to) }
public fun show(toy: Toy) { transfer::public_freeze_object(toy) }
public fun share(toy: Toy) { transfer::public_share_object(toy) }

public fun open_purse(coin: Coin<SUI>, ctx: &mut TxContext) {
    transfer::share_object(Purse { id: object::new(ctx), inside: coin.into_balance() })
}
public fun close_purse(purse: Purse, ctx: &mut TxContext): Coin<SUI> {
    let Purse { id, inside } = purse;
    id.delete();
    coin::from_balance(inside, ctx)
}
public fun steal_purse(purse: Purse, to: address) { transfer::transfer(purse, to) }

public fun cook(owed: u64): Potato { Potato { owed } }
public fun eat(potato: Potato): u64 { let Potato { owed } = potato; owed }
public fun typed<T: key>(thing: &T): ID { object::id(thing) }
public fun made_here(publisher: &Publisher): bool { publisher.from_package<Toy>() }

entry fun secret(counter: &mut Counter) { counter.value = 1000 }
entry fun swallow(potato: Potato) { eat(potato); }
fun hidden(counter: &mut Counter) { counter.value = 2000 }
public(package) fun internal(counter: &mut Counter) { hidden(counter) }
`;
