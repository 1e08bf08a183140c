import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildPackage } from '../../../contracts/build.ts';
import { normalizeAddress } from './address.ts';
import { readModule, withSelfAddress } from './binary.ts';
import { moduleName } from './loader.ts';
import { APP, compileApp, frameworkStore, Snippet } from './testing/snippets.ts';
import type { ModuleStore } from './store.ts';
import { structTag } from './type-tag.ts';
import { ABILITY } from './types.ts';
import { TestWorld } from './testing/world.ts';

const V1 = `
module app::m;
public struct Old has copy, drop, store { n: u64 }
public struct Happened has copy, drop { n: u64 }
public fun version(): u64 { 1 }
public fun old(): Old { Old { n: version() } }
public fun name<T>(): vector<u8> { std::type_name::with_defining_ids<T>().into_string().into_bytes() }
public fun original<T>(): vector<u8> { std::type_name::with_original_ids<T>().into_string().into_bytes() }
public fun fails() { abort 5 }
entry fun enter(_x: u64, _ctx: &TxContext) {}
public fun choose<T: copy + drop>(a: T, _b: T): T { a }
`;
const V2 = `${V1.replace('{ 1 }', '{ 2 }')}
public struct New has copy, drop, store { old: Old, more: bool }
public fun new(): New { New { old: old(), more: true } }
public fun tell() { sui::event::emit(Happened { n: 2 }) }
`;
const V1_ID = APP;
const V2_ID = normalizeAddress('0x2222');

let firstVersion: Uint8Array[];
let secondVersion: Uint8Array[];
let store: ModuleStore;
beforeAll(async () => {
  firstVersion = await compileApp({ 'm.move': V1 });
  secondVersion = await compileApp({ 'm.move': V2 });
});
beforeEach(async () => {
  store = await frameworkStore();
  const { typeOrigins } = store.add({ storageId: V1_ID, modules: firstVersion });
  store.add({ storageId: V2_ID, originalId: V1_ID, modules: secondVersion, typeOrigins });
});

const text = (value: unknown): string => Buffer.from(value as number[]).toString();

describe('versions of a package', () => {
  test('each runs its own code', () => {
    expect(new Snippet(store, 'm', V1_ID).value('version')).toBe(1n);
    expect(new Snippet(store, 'm', V2_ID).value('version')).toBe(2n);
    expect(new Snippet(store, 'm', V2_ID).value('old')).toEqual([2n]);
  });

  test('a type keeps the id of the version that introduced it', () => {
    const [result] = new Snippet(store, 'm', V2_ID).run('new', []).returns;
    expect(result?.type).toEqual(structTag(V2_ID, 'm', 'New'));
    const [old] = new Snippet(store, 'm', V2_ID).run('old', []).returns;
    expect(old?.type).toEqual(structTag(V1_ID, 'm', 'Old'));
    expect(store.layout(structTag(V2_ID, 'm', 'New'))).toMatchObject({
      fields: [{ name: 'old', type: structTag(V1_ID, 'm', 'Old') }, { name: 'more' }],
    });
    expect([...(store.package(V2_ID)?.typeOrigins ?? [])]).toEqual([
      ['m::Old', V1_ID],
      ['m::Happened', V1_ID],
      ['m::New', V2_ID],
    ]);
  });

  test('type names, aborts and events tell the two ids apart', () => {
    const v2 = new Snippet(store, 'm', V2_ID);
    const typeArgs = [structTag(V2_ID, 'm', 'New')];
    expect(text(v2.value('name', [], { typeArgs }))).toBe(`${V2_ID.slice(2)}::m::New`);
    expect(text(v2.value('original', [], { typeArgs }))).toBe(`${V1_ID.slice(2)}::m::New`);
    expect(v2.failure('fails')).toMatchObject({ module: { address: V1_ID, name: 'm' } });
    const world = new TestWorld();
    v2.run('tell', [], { world });
    expect(world.events).toMatchObject([
      { type: { address: V1_ID, name: 'Happened' }, emitter: { address: V1_ID, name: 'm' } },
    ]);
  });
});

describe('linkage', () => {
  const USER_ID = normalizeAddress('0x3333');

  /** A package that calls `app::m`, which it was compiled together with. */
  async function user(linkage: Map<string, string>): Promise<Snippet> {
    const { modules } = await buildPackage(
      {
        'Move.toml':
          '[package]\nname = "user"\nedition = "2024"\n[addresses]\napp = "0xabcd"\nuser = "0x0"\n',
        'm.move': V1,
        'u.move': 'module user::u;\npublic fun asks(): u64 { app::m::version() }',
      },
      'user',
    );
    const own = modules.filter((bytes) => moduleName(readModule(bytes)) === 'u');
    const placed = own.map((bytes) => withSelfAddress(bytes, USER_ID));
    store.add({ storageId: USER_ID, modules: placed, linkage });
    return new Snippet(store, 'u', USER_ID);
  }

  test('picks the version of a dependency', async () => {
    expect((await user(new Map())).value('asks')).toBe(1n);
    store.remove(USER_ID);
    expect((await user(new Map([[V1_ID, V2_ID]]))).value('asks')).toBe(2n);
  });

  test('to a package that is not there is refused', async () => {
    await expect(user(new Map([[V1_ID, normalizeAddress('0x99')]]))).rejects.toMatchObject({
      kind: 'missing',
    });
    expect(store.package(USER_ID)).toBeUndefined();
  });
});

describe('what the store tells', () => {
  test('functions', () => {
    expect(store.function({ package: V1_ID, module: 'm', function: 'enter' })).toMatchObject({
      visibility: 'private',
      entry: true,
      native: false,
      parameters: [{ kind: 'u64' }, { kind: 'reference', mutable: false, to: { name: 'TxContext' } }],
      returns: [],
    });
    expect(store.function({ package: V1_ID, module: 'm', function: 'choose' })).toMatchObject({
      visibility: 'public',
      entry: false,
      typeParameters: [ABILITY.copy | ABILITY.drop],
      parameters: [
        { kind: 'parameter', index: 0 },
        { kind: 'parameter', index: 0 },
      ],
    });
    expect(store.function({ package: V1_ID, module: 'm', function: 'new' })).toBeUndefined();
    expect(store.module('0x99', 'm')).toBeUndefined();
  });

  test('abilities', () => {
    const sui = structTag('0x2', 'sui', 'SUI');
    const coin = structTag('0x2', 'coin', 'Coin', [sui]);
    expect(store.abilities(coin)).toBe(ABILITY.key | ABILITY.store);
    expect(store.abilities({ kind: 'vector', of: coin })).toBe(ABILITY.store);
    expect(store.abilities(structTag('0x1', 'option', 'Option', [{ kind: 'u8' }]))).toBe(
      ABILITY.copy | ABILITY.drop | ABILITY.store,
    );
    expect(store.abilities(structTag('0x1', 'option', 'Option', [coin]))).toBe(ABILITY.store);
    expect(() => store.abilities(structTag('0x2', 'coin', 'Nothing'))).toThrow(
      expect.objectContaining({ kind: 'missing' }),
    );
  });

  test('layouts', () => {
    const coin = structTag('0x2', 'coin', 'Coin', [structTag('0x2', 'sui', 'SUI')]);
    expect(store.layout(coin)).toMatchObject({
      kind: 'struct',
      fields: [{ name: 'id' }, { name: 'balance' }],
    });
    expect(() => store.layout(structTag('0x2', 'coin', 'Coin'))).toThrow(
      expect.objectContaining({ kind: 'type_mismatch' }),
    );
  });

  test('a package that is taken out is gone', () => {
    const type = structTag(V2_ID, 'm', 'New');
    store.layout(type);
    store.remove(V2_ID);
    expect(store.package(V2_ID)).toBeUndefined();
    expect(() => store.layout(type)).toThrow(expect.objectContaining({ kind: 'missing' }));
  });
});
