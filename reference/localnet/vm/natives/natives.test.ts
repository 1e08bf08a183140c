import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { blake2b } from '@noble/hashes/blake2.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { normalizeAddress, SUI } from '../address.ts';
import { objectIdOf } from '../context.ts';
import { deriveObjectId } from '../ids.ts';
import { APP, Snippet } from '../testing/snippets.ts';
import { TestWorld } from '../testing/world.ts';
import { parseTypeTag, structTag } from '../type-tag.ts';
import { Ref } from '../types.ts';
import type { TypeTag, Value } from '../types.ts';

const SOURCE = `
module app::m;

use std::bcs;
use std::hash;
use std::string::{Self, String};
use std::type_name;
use sui::address;
use sui::dynamic_field as df;
use sui::ed25519;
use sui::event;
use sui::table::{Self, Table};
use sui::transfer::Receiving;

public struct M has drop {}
public struct Thing has key, store { id: UID, size: u64 }
public struct Happened has copy, drop { size: u64, by: address }
public struct Key has copy, drop, store { n: u8 }

public fun sha2(b: vector<u8>): vector<u8> { hash::sha2_256(b) }
public fun sha3(b: vector<u8>): vector<u8> { hash::sha3_256(b) }
public fun blake2(b: vector<u8>): vector<u8> { sui::hash::blake2b256(&b) }
public fun keccak(b: vector<u8>): vector<u8> { sui::hash::keccak256(&b) }
public fun verify(sig: vector<u8>, pk: vector<u8>, msg: vector<u8>): bool { ed25519::ed25519_verify(&sig, &pk, &msg) }
public fun to_bcs<T: drop>(x: T): vector<u8> { bcs::to_bytes(&x) }

public fun utf8(b: vector<u8>): String { string::utf8(b) }
public fun sub(s: String, i: u64, j: u64): String { s.substring(i, j) }
public fun index(s: String, r: String): u64 { s.index_of(&r) }

public fun name_of<T>(): vector<u8> { type_name::with_defining_ids<T>().into_string().into_bytes() }
public fun original_name_of<T>(): vector<u8> { type_name::with_original_ids<T>().into_string().into_bytes() }
public fun defining<T>(): address { type_name::defining_id<T>() }

public fun number(a: address): u256 { address::to_u256(a) }
public fun from_number(n: u256): address { address::from_u256(n) }
public fun from_bytes(b: vector<u8>): address { address::from_bytes(b) }

public fun is_witness<T: drop>(t: &T): bool { sui::types::is_one_time_witness(t) }

public fun context(ctx: &TxContext): (address, u64, u64, u64, u64) {
    (ctx.sender(), ctx.epoch(), ctx.epoch_timestamp_ms(), ctx.reference_gas_price(), ctx.gas_price())
}
public fun sponsored(ctx: &TxContext): Option<address> { ctx.sponsor() }
public fun make(size: u64, ctx: &mut TxContext): Thing { Thing { id: object::new(ctx), size } }
public fun digest(ctx: &TxContext): vector<u8> { *ctx.digest() }
public fun destroy(t: Thing) { let Thing { id, .. } = t; id.delete() }
public fun id_of(t: &Thing): address { object::id_address(t) }
public fun give(t: Thing, to: address) { transfer::transfer(t, to) }
public fun entrust(t: Thing, to: address) { transfer::party_transfer(t, sui::party::single_owner(to)) }
public fun share(t: Thing) { transfer::share_object(t) }
public fun freeze_(t: Thing) { transfer::public_freeze_object(t) }
public fun take(parent: &mut Thing, r: Receiving<Thing>): Thing { transfer::receive(&mut parent.id, r) }
public fun tell(size: u64, ctx: &TxContext) { event::emit(Happened { size, by: ctx.sender() }) }
public fun show(x: u64) { std::debug::print(&x) }

public fun put(t: &mut Thing, n: u8, v: u64) { df::add(&mut t.id, Key { n }, v) }
public fun look(t: &Thing, n: u8): u64 { *df::borrow(&t.id, Key { n }) }
public fun look_wrong(t: &Thing, n: u8): bool { *df::borrow(&t.id, Key { n }) }
public fun change(t: &mut Thing, n: u8, v: u64) { *df::borrow_mut(&mut t.id, Key { n }) = v }
public fun drop_field(t: &mut Thing, n: u8): u64 { df::remove(&mut t.id, Key { n }) }
public fun has(t: &Thing, n: u8): vector<bool> {
    vector[df::exists_(&t.id, Key { n }), df::exists_with_type<Key, u64>(&t.id, Key { n }), df::exists_with_type<Key, bool>(&t.id, Key { n })]
}
public fun tabled(ctx: &mut TxContext): u64 {
    let mut t: Table<address, u64> = table::new(ctx);
    t.add(@0x1, 10);
    t.add(@0x2, 20);
    *&mut t[@0x1] = 11;
    let sum = t[@0x1] + t.remove(@0x2) + t.length();
    t.remove(@0x1);
    t.destroy_empty();
    sum
}
`;

let m: Snippet;
beforeAll(async () => {
  m = await Snippet.compile(SOURCE);
});

const bytes = (text: string): number[] => [...Buffer.from(text)];
const string = (text: string): Value => [bytes(text)];
const THING = structTag(APP, 'm', 'Thing');

const isWitness = (type: TypeTag) => m.value('is_witness', [Ref.to([false])], { typeArgs: [type] });
const nodeHash = (name: string): number[] => [...createHash(name).update('abc').digest()];
const ticket = (id: string): Value => [[id], 5n];
const check = (signature: number[], key: number[], text: string) =>
  m.value('verify', [signature, key, bytes(text)]);

describe('std', () => {
  test('hashes', () => {
    const data = bytes('abc');
    expect(m.value('sha2', [data])).toEqual(nodeHash('sha256'));
    expect(m.value('sha3', [data])).toEqual(nodeHash('sha3-256'));
    expect(m.value('blake2', [data])).toEqual([...blake2b(Buffer.from('abc'), { dkLen: 32 })]);
    const keccak = '4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45';
    expect(Buffer.from(m.value('keccak', [data]) as number[]).toString('hex')).toBe(keccak);
  });

  test('to_bytes follows the type argument', () => {
    expect(m.value('to_bcs', [5n], { typeArgs: [parseTypeTag('u64')] })).toEqual([5, 0, 0, 0, 0, 0, 0, 0]);
    expect(m.value('to_bcs', [[1, 2]], { typeArgs: [parseTypeTag('vector<u8>')] })).toEqual([2, 1, 2]);
    expect(m.value('to_bcs', [string('é')], { typeArgs: [parseTypeTag('0x1::string::String')] })).toEqual([
      2, 0xc3, 0xa9,
    ]);
  });

  test('strings are UTF-8 and cut between characters only', () => {
    expect(m.value('utf8', [bytes('grüße')])).toEqual(string('grüße'));
    expect(m.failure('utf8', [[0xff]])).toMatchObject({ code: 1n, module: { name: 'string' } });
    expect(m.value('sub', [string('grüße'), 0n, 4n])).toEqual(string('grü'));
    expect(m.failure('sub', [string('grüße'), 0n, 3n])).toMatchObject({
      code: 2n,
      module: { name: 'string' },
    });
    expect(m.failure('sub', [string('abc'), 0n, 4n])).toMatchObject({ code: 2n });
    expect(m.value('index', [string('abcabc'), string('ca')])).toBe(2n);
    expect(m.value('index', [string('abc'), string('x')])).toBe(3n);
    expect(m.value('index', [string('abc'), string('')])).toBe(0n);
  });

  test('type names have full addresses without 0x', () => {
    const of = (type: string, fn = 'name_of') =>
      Buffer.from(m.value(fn, [], { typeArgs: [parseTypeTag(type)] }) as number[]).toString();
    const two = SUI.slice(2);
    expect(of('vector<u8>')).toBe('vector<u8>');
    expect(of('0x2::table::Table<u8,0x2::sui::SUI>')).toBe(`${two}::table::Table<u8,${two}::sui::SUI>`);
    expect(of(`${APP}::m::Thing`, 'original_name_of')).toBe(`${APP.slice(2)}::m::Thing`);
    expect(m.value('defining', [], { typeArgs: [THING] })).toBe(APP);
    expect(m.failure('defining', [], { typeArgs: [parseTypeTag('u8')] })).toMatchObject({ code: 0n });
  });

  test('debug::print goes to the context', () => {
    const world = new TestWorld();
    m.run('show', [5n], { world });
    expect(world.printed).toEqual(['u64 "5"']);
  });
});

describe('sui', () => {
  test('addresses are big-endian numbers', () => {
    expect(m.value('number', [normalizeAddress('0x102')])).toBe(0x102n);
    expect(m.value('from_number', [0x102n])).toBe(normalizeAddress('0x102'));
    expect(m.value('from_bytes', [Array.from({ length: 32 }, (_, i) => (i === 31 ? 9 : 0))])).toBe(
      normalizeAddress('0x9'),
    );
    expect(m.failure('from_bytes', [[1]])).toMatchObject({
      kind: 'abort',
      code: 0n,
      module: { name: 'address' },
    });
  });

  test('Ed25519 signatures', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const raw = [...Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')];
    const signature = [...sign(null, Buffer.from('message'), privateKey)];
    expect(check(signature, raw, 'message')).toBe(true);
    expect(check(signature, raw, 'other')).toBe(false);
    expect(check(signature.slice(1), raw, 'message')).toBe(false);
    expect(check(signature, raw.slice(1), 'message')).toBe(false);
  });

  test('one-time witnesses', () => {
    expect(isWitness(structTag(APP, 'm', 'M'))).toBe(true);
    expect(isWitness(structTag(APP, 'm', 'Key'))).toBe(false);
    expect(isWitness(parseTypeTag('u8'))).toBe(false);
  });

  test('the transaction context is supplied', () => {
    const world = new TestWorld({ sponsor: normalizeAddress('0xb0b') });
    const { sender, epoch, epochTimestampMs, referenceGasPrice, gasPrice, digest } = world.txContext;
    expect(m.run('context', [], { world }).returns.map(({ value }) => value)).toEqual([
      sender,
      epoch,
      epochTimestampMs,
      referenceGasPrice,
      gasPrice,
    ]);
    expect(m.value('sponsored', [], { world })).toEqual([[normalizeAddress('0xb0b')]]);
    expect(m.value('sponsored')).toEqual([[]]);
    expect(m.value('digest', [], { world })).toEqual([...digest]);
  });

  test('ids are derived from digest and counter, and announced', () => {
    const world = new TestWorld();
    const first = m.value('make', [1n], { world }) as Value[];
    const second = m.value('make', [2n], { world }) as Value[];
    const ids = [0n, 1n].map((n) => deriveObjectId(world.txContext.digest, n));
    expect([first, second].map(objectIdOf)).toEqual(ids);
    expect(world.newIds).toEqual(ids);
    expect(world.txContext.idsCreated).toBe(2n);
    expect(m.value('id_of', [Ref.to(first)])).toBe(ids[0]);
    m.run('destroy', [first], { world });
    expect(world.deletedIds).toEqual([ids[0]]);
  });

  test('transfer, party transfer, share and freeze hand the object over', () => {
    const world = new TestWorld();
    const make = () => m.value('make', [1n], { world }) as Value[];
    const [a, b, c, d] = [make(), make(), make(), make()];
    m.run('give', [a, normalizeAddress('0x7')], { world });
    m.run('share', [b], { world });
    m.run('freeze_', [c], { world });
    m.run('entrust', [d, normalizeAddress('0x8')], { world });
    expect(world.transfers).toEqual([
      { type: THING, value: a, recipient: { kind: 'address', address: normalizeAddress('0x7') } },
      { type: THING, value: b, recipient: { kind: 'shared' } },
      { type: THING, value: c, recipient: { kind: 'immutable' } },
      { type: THING, value: d, recipient: { kind: 'party', address: normalizeAddress('0x8') } },
    ]);
  });

  test('receive takes from the context or aborts', () => {
    const world = new TestWorld();
    const [parent, sent] = [1n, 2n].map((size) => m.value('make', [size], { world }) as Value[]) as [
      Value[],
      Value[],
    ];
    world.inbox.set(objectIdOf(sent), { type: THING, value: sent });
    expect(m.value('take', [Ref.to(parent), ticket(objectIdOf(sent))], { world })).toBe(sent);
    expect(m.failure('take', [Ref.to(parent), ticket(APP)], { world })).toMatchObject({ code: 3n });
  });

  test('events carry type, value and emitter', () => {
    const world = new TestWorld();
    m.run('tell', [3n], { world });
    expect(world.events).toEqual([
      {
        type: structTag(APP, 'm', 'Happened'),
        value: [3n, world.txContext.sender],
        emitter: { address: APP, name: 'm' },
      },
    ]);
  });
});

describe('dynamic fields', () => {
  test('add, borrow, change, remove', () => {
    const world = new TestWorld();
    const thing = Ref.to(m.value('make', [1n], { world }) as Value[]);
    const look = (n: number) => m.value('look', [thing, n], { world });
    m.run('put', [thing, 1, 10n], { world });
    m.run('put', [thing, 2, 20n], { world });
    m.run('change', [thing, 1, 11n], { world });
    expect([look(1), look(2)]).toEqual([11n, 20n]);
    expect(m.value('has', [thing, 1], { world })).toEqual([true, true, false]);
    expect(m.value('drop_field', [thing, 1], { world })).toBe(11n);
    expect(m.value('has', [thing, 1], { world })).toEqual([false, false, false]);
    expect(world.deletedIds).toHaveLength(1);
  });

  test('failures have the codes of sui::dynamic_field', () => {
    const world = new TestWorld();
    const thing = Ref.to(m.value('make', [1n], { world }) as Value[]);
    const module = { address: SUI, name: 'dynamic_field' };
    m.run('put', [thing, 1, 10n], { world });
    expect(m.failure('put', [thing, 1, 10n], { world })).toMatchObject({ code: 0n, module });
    expect(m.failure('look', [thing, 2], { world })).toMatchObject({ code: 1n, module });
    expect(m.failure('drop_field', [thing, 2], { world })).toMatchObject({ code: 1n, module });
    expect(m.failure('look_wrong', [thing, 1], { world })).toMatchObject({ code: 2n, module });
  });

  test('tables', () => {
    expect(m.value('tabled')).toBe(32n);
  });
});
