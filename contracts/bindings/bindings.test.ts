import { bcs } from '@mysten/sui/bcs';
import { beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { buildContracts } from '../build.ts';
import { readModule } from '../compiled-module.ts';
import type { CompiledModule } from '../compiled-module.ts';
import { EVENTS, EVENT_FIELDS, parseEvent } from './events.ts';
import { LayoutError } from './layouts.ts';
import { FUNCTIONS, MODULES, structType, target } from './names.ts';
import { OBJECTS, OBJECT_FIELDS, parseObject } from './objects.ts';

const pkg = `0x${'ab'.repeat(32)}`;
const id = `0x${'01'.repeat(32)}`;
const owner = `0x${'02'.repeat(32)}`;

let modules: CompiledModule[];
beforeAll(async () => {
  modules = (await buildContracts()).modules.map(readModule);
});

describe('the bindings against the compiled package', () => {
  it('know its modules', () => {
    expect(modules.map(({ name }) => name).toSorted()).toEqual([...MODULES].toSorted());
  });

  it.each(MODULES)('know each struct of %s with its fields, types and order', (name) => {
    const compiled = modules
      .find((module) => module.name === name)
      ?.structs.map((struct) => [
        struct.name,
        // The bindings do not need the type parameters of a table.
        struct.fields.map((field) => [field.name, field.type.replace(/^Table<.*>$/u, 'Table')]),
      ]);
    const known = Object.entries({ ...EVENT_FIELDS[name], ...OBJECT_FIELDS[name] });
    expect(Object.fromEntries(known.map(([struct, fields]) => [struct, Object.entries(fields)]))).toEqual(
      Object.fromEntries(compiled ?? []),
    );
  });

  it.each(MODULES)('know each function of %s that changes something or reads a token', (name) => {
    const compiled = modules.find((module) => module.name === name)?.functions ?? [];
    const calls = compiled.filter(
      ({ visibility, parameters }) =>
        visibility === 'Public' && parameters.some((type) => type.startsWith('&mut ')),
    );
    expect([...FUNCTIONS[name]].toSorted()).toEqual(calls.map((call) => call.name).toSorted());
  });
});

it('calls nothing of std and sui but long-standing public functions', () => {
  const used = new Set(modules.flatMap(({ calls }) => calls).filter((call) => !call.startsWith('0x0::')));
  expect([...used].toSorted()).toEqual(
    Object.entries({
      '0x1::option': ['none', 'some'],
      '0x1::string': ['append_utf8', 'as_bytes', 'is_empty', 'length', 'utf8'],
      '0x1::vector': ['contains', 'index_of', 'is_empty', 'remove'],
      '0x2::balance': ['join', 'split', 'value', 'withdraw_all', 'zero'],
      '0x2::clock': ['timestamp_ms'],
      '0x2::coin': ['from_balance', 'into_balance', 'value'],
      '0x2::dynamic_field': ['add', 'borrow', 'remove'],
      '0x2::event': ['emit'],
      '0x2::object': ['id', 'new'],
      '0x2::table': ['add', 'borrow', 'borrow_mut', 'contains', 'new', 'remove'],
      '0x2::transfer': ['public_transfer', 'share_object', 'transfer'],
      '0x2::tx_context': ['epoch', 'sender'],
      '0x2::vec_set': ['contains', 'empty', 'insert', 'remove'],
    }).flatMap(([module, names]) => names.map((name) => `${module}::${name}`)),
  );
});

describe('parseEvent', () => {
  const bytes = bcs
    .struct('SealTokenRevoked', { token: bcs.Address, owner: bcs.Address, stake_record: bcs.Address })
    .serialize({ token: id, owner, stake_record: id })
    .toBytes();

  it('decodes by type', () => {
    const event = parseEvent(`${pkg}::k8s_gateway::SealTokenRevoked`, bytes, pkg);
    expect(event).toEqual({
      package: pkg,
      module: 'k8s_gateway',
      name: 'SealTokenRevoked',
      data: { token: id, owner, stake_record: id },
    });
    if (event?.name === 'K8sAPIResult') {
      expectTypeOf(event.data.timestamp_ms).toEqualTypeOf<bigint>();
      expectTypeOf(event.data.body_digest).toEqualTypeOf<Uint8Array<ArrayBuffer>>();
      expectTypeOf(event.module).toEqualTypeOf<'k8s_gateway'>();
    }
  });

  it('leaves alone what is not of the package', () => {
    expect(parseEvent(`${pkg}::k8s_gateway::SealTokenRevoked`, bytes, id)).toBeUndefined();
    expect(parseEvent(`${pkg}::staking::SealTokenRevoked`, bytes)).toBeUndefined();
    expect(parseEvent(`${pkg}::k8s_gateway::toString`, bytes)).toBeUndefined();
    expect(parseEvent(`${pkg}::k8s_gateway::SealTokenRevoked<u8>`, bytes)).toBeUndefined();
  });

  it('knows short addresses', () => {
    expect(parseEvent('0x0A::k8s_gateway::SealTokenRevoked', bytes, '0xa')?.package).toMatch(/^0x0{63}a$/u);
  });

  it.each([
    ['too short', bytes.slice(0, 95)],
    ['too long', Uint8Array.of(...bytes, 0)],
  ])('refuses bytes that are %s', (_, broken) => {
    expect(() => parseEvent(`${pkg}::k8s_gateway::SealTokenRevoked`, broken)).toThrow(LayoutError);
  });

  it('reads numbers, bytes and lists as documented', () => {
    const result = {
      request_id: 'a'.repeat(32),
      nautilus_endpoint: id,
      status_code: 201,
      body_digest: Uint8Array.of(1, 2, 3),
      key_version: 18_446_744_073_709_551_615n,
      timestamp_ms: 1n,
    };
    expect(EVENTS.K8sAPIResult.parse(EVENTS.K8sAPIResult.serialize(result))).toEqual(result);
    const pcrs = { endpoint: id, expected_pcrs: [Uint8Array.of(1), Uint8Array.of(), Uint8Array.of(2, 3)] };
    expect(EVENTS.EnclavePcrsChanged.parse(EVENTS.EnclavePcrsChanged.serialize(pcrs))).toEqual(pcrs);
  });
});

describe('parseObject', () => {
  const cluster = {
    id,
    name: 'one',
    nautilus_endpoint: id,
    owner,
    status: 1,
    authorized_users: [owner],
    created_at: 5n,
  };
  const bytes = OBJECTS.Cluster.serialize(cluster);

  it('decodes an object of the wanted type and package alone', () => {
    expect(parseObject('Cluster', pkg, structType(pkg, 'k8s_interface', 'Cluster'), bytes)).toEqual(cluster);
    expect(parseObject('Cluster', id, structType(pkg, 'k8s_interface', 'Cluster'), bytes)).toBeUndefined();
    expect(parseObject('Cluster', pkg, `${pkg}::staking::Cluster`, bytes)).toBeUndefined();
    expect(parseObject('SealToken', pkg, structType(pkg, 'k8s_interface', 'Cluster'), bytes)).toBeUndefined();
  });
});

it('names the target of a call', () => {
  expect(target('0x7', 'staking', 'stake_for_user')).toBe('0x7::staking::stake_for_user');
});
