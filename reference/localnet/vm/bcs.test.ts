import { bcs } from '@mysten/sui/bcs';
import { deriveDynamicFieldID } from '@mysten/sui/utils';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { normalizeAddress } from './address.ts';
import { dynamicFieldId } from './ids.ts';
import { APP, Snippet } from './testing/snippets.ts';
import { BYTES, parseTypeTag, sameType, typeTagBytes, typeToString } from './type-tag.ts';
import type { Value } from './types.ts';
import { VariantValue } from './types.ts';

const SOURCE = `
module app::m;
use std::string::String;
public struct All has copy, drop, store {
    a: bool, b: u8, c: u16, d: u32, e: u64, f: u128, g: u256, h: address, i: vector<u8>, j: vector<String>, k: Option<u64>,
}
public enum Choice<T> has copy, drop, store { Nothing, One(T), Two { left: T, right: vector<T> } }
`;

const allCodec = bcs.struct('All', {
  a: bcs.bool(),
  b: bcs.u8(),
  c: bcs.u16(),
  d: bcs.u32(),
  e: bcs.u64(),
  f: bcs.u128(),
  g: bcs.u256(),
  h: bcs.Address,
  i: bcs.vector(bcs.u8()),
  j: bcs.vector(bcs.string()),
  k: bcs.option(bcs.u64()),
});
const choiceCodec = bcs.enum('Choice', {
  Nothing: null,
  One: bcs.u32(),
  Two: bcs.struct('Two', { left: bcs.u32(), right: bcs.vector(bcs.u32()) }),
});

let m: Snippet;
beforeAll(async () => {
  m = await Snippet.compile(SOURCE);
});
const ALL = parseTypeTag(`${APP}::m::All`);
const CHOICE = parseTypeTag(`${APP}::m::Choice<u32>`);

const big = (bits: number): fc.Arbitrary<bigint> => fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n });
const record = fc.record({
  a: fc.boolean(),
  b: fc.integer({ min: 0, max: 0xff }),
  c: fc.integer({ min: 0, max: 0xffff }),
  d: fc.integer({ min: 0, max: 0xffff_ffff }),
  e: big(64),
  f: big(128),
  g: big(256),
  h: big(256).map((n) => normalizeAddress(n.toString(16))),
  i: fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 300 }),
  j: fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 4 }),
  k: fc.option(big(64)),
});

describe('values', () => {
  test('have the bytes that the SDK gives them, and come back', () => {
    fc.assert(
      fc.property(record, ({ j, k, ...rest }) => {
        const texts = j.map((text): Value => [[...Buffer.from(text)]]);
        const value: Value = [...Object.values(rest), texts, [k === null ? [] : [k]]];
        const bytes = m.store.serialize(ALL, value);
        expect(Buffer.from(bytes).toString('hex')).toBe(allCodec.serialize({ ...rest, j, k }).toHex());
        expect(m.store.deserialize(ALL, bytes)).toEqual(value);
      }),
    );
  });

  test.each([
    [new VariantValue(0, []), { Nothing: true }],
    [new VariantValue(1, [9]), { One: 9 }],
    [new VariantValue(2, [1, [2, 3]]), { Two: { left: 1, right: [2, 3] } }],
  ] as const)('enums: %j', (value, plain) => {
    const bytes = m.store.serialize(CHOICE, value as VariantValue);
    expect(bytes).toEqual(choiceCodec.serialize(plain as never).toBytes());
    expect(m.store.deserialize(CHOICE, bytes)).toEqual(value);
  });

  test.each([
    ['bool', '02'],
    ['bool', ''],
    ['u64', '00000000000000'],
    ['u8', '0000'],
    ['vector<u8>', '02ff'],
    ['vector<u8>', '8100'],
    ['vector<u64>', 'ffffffff0f'],
    ['vector<u64>', 'ffffffff7f'],
    ['address', '00'],
    [`${APP}::m::Choice<u32>`, '03'],
    [`${APP}::m::Choice<u32>`, '01ff'],
  ])('%s is not 0x%s', (type, hex) => {
    const bytes = Buffer.from(hex, 'hex');
    expect(() => m.store.deserialize(parseTypeTag(type), bytes)).toThrow(
      expect.objectContaining({ kind: 'invalid_bytes' }),
    );
  });

  test.each([
    ['bool', 1],
    ['u8', 256],
    ['u8', -1],
    ['u32', 1.5],
    ['u64', 1],
    ['u64', 1n << 64n],
    ['u128', -1n],
    ['address', '0x2'],
    ['vector<u8>', 'abc'],
    ['vector<u64>', 1n],
    [`${APP}::m::Choice<u32>`, [1]],
    [`${APP}::m::All`, [true]],
  ])('%s does not hold %s', (type, value) => {
    expect(() => m.store.serialize(parseTypeTag(type), value as Value)).toThrow(
      expect.objectContaining({ kind: 'type_mismatch' }),
    );
  });
});

describe('types', () => {
  const texts = [
    'u8',
    'vector<vector<u256>>',
    '0x2::coin::Coin<0x2::sui::SUI>',
    '0x2::table::Table<address,vector<0x1::string::String>>',
    'bool',
    'signer',
    'u16',
    'u32',
    'u128',
  ];

  test.each(texts)('%s is written as the SDK writes it', (text) => {
    expect(typeTagBytes(parseTypeTag(text))).toEqual(bcs.TypeTag.serialize(text).toBytes());
  });

  test('canonical text has full addresses and no spaces', () => {
    const two = normalizeAddress('2');
    expect(typeToString(parseTypeTag(' 0x2::coin::Coin < 0x02::sui::SUI > '))).toBe(
      `${two}::coin::Coin<${two}::sui::SUI>`,
    );
    expect(sameType(parseTypeTag('vector<0x2::a::B>'), parseTypeTag('vector<0x02::a::B>'))).toBe(true);
    expect(sameType(parseTypeTag('vector<u8>'), parseTypeTag('vector<u16>'))).toBe(false);
  });

  test.each([
    '',
    'u9',
    'vector',
    'vector<u8',
    'vector<>',
    '0x2::coin',
    '0x2::coin::Coin<',
    '0x2::a::B<u8,>',
    'u8 u8',
  ])('"%s" is no type', (text) => {
    expect(() => parseTypeTag(text)).toThrow(expect.objectContaining({ kind: 'type_mismatch' }));
  });

  test('a text that nests too deep is refused', () => {
    const text = `${'vector<'.repeat(100)}u8${'>'.repeat(100)}`;
    expect(() => parseTypeTag(text)).toThrow(expect.objectContaining({ kind: 'type_mismatch' }));
  });
});

test('dynamic field ids are those of the SDK', () => {
  const parent = normalizeAddress('0x123');
  const name = m.store.serialize(BYTES, [1, 2, 3]);
  expect(dynamicFieldId(parent, BYTES, name)).toBe(deriveDynamicFieldID(parent, 'vector<u8>', name));
  const id = parseTypeTag('0x2::object::ID');
  const key = m.store.serialize(id, [normalizeAddress('0x9')]);
  expect(dynamicFieldId(parent, id, key)).toBe(deriveDynamicFieldID(parent, '0x2::object::ID', key));
});
