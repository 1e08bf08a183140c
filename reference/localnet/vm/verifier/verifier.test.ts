import { beforeAll, describe, expect, test } from 'vitest';
import { normalizeAddress } from '../address.ts';
import type { RawCode, RawModule } from '../binary.ts';
import { readModule } from '../binary.ts';
import { APP, compileApp, editModule, frameworkStore, Snippet } from '../testing/snippets.ts';
import { moduleName } from '../loader.ts';
import { ModuleStore } from '../store.ts';
import { parseTypeTag } from '../type-tag.ts';

const SOURCE = `
module app::m;
public struct Res { n: u64 }
public struct Outer { r: Res }
public struct Thing has key { id: UID, owner: ID }
public struct Happened has copy, drop { n: u64 }
public struct Wrap<T: store> has store { t: T }
public struct Ghost<phantom T> has drop { n: u64 }
public enum Two has drop { A, B(u64) }
fun init(_: &mut TxContext) {}
public fun add(a: u64, b: u64): u64 { a + b }
public fun keep(r: Res): Res { r }
public fun sink(r: Res) { let Res { n: _ } = r; }
public fun open(r: Outer): Res { let Outer { r } = r; r }
public fun branch(c: bool): u64 { if (c) 1 else 2 }
public fun push(mut v: vector<u64>): u64 { v.push_back(1); v[0] }
public fun bump(x: &mut u64) { *x = 1 }
public fun peek(x: &u64): u64 { *x }
public fun tell() { sui::event::emit(Happened { n: 1 }) }
public fun copies<T: copy>(t: &T): T { *t }
public fun wrap<T: store>(t: T): Wrap<T> { Wrap { t } }
public fun ghost<T>(): Ghost<T> { Ghost { n: 1 } }
public fun kind(t: &Two): u64 { match (t) { Two::A => 0, Two::B(n) => *n } }
public fun calls(): u64 { app::n::shown() }
public fun grow<T, U>(n: u64): u64 { if (n == 0) 0 else grow<U, T>(n - 1) }
public fun forget(_: ID) {}
`;
const OTHER = `
module app::n;
public fun shown(): u64 { hidden() }
fun hidden(): u64 { 1 }
`;

let m: Uint8Array;
let n: Uint8Array;
let framework: ModuleStore;
beforeAll(async () => {
  const modules = await compileApp({ 'm.move': SOURCE, 'n.move': OTHER });
  const module = (name: string) =>
    modules.find((bytes) => moduleName(readModule(bytes)) === name) as Uint8Array;
  [m, n] = [module('m'), module('n')];
  framework = await frameworkStore();
});

type Edit = (module: RawModule) => void;

function codeOf(module: RawModule, name: string): RawCode {
  const definition = module.function_defs.find(
    ({ function: handle }) => module.identifiers[module.function_handles[handle]?.name ?? -1] === name,
  );
  if (!definition?.code) throw new Error(`no code of ${name}`);
  return definition.code;
}

const setCode =
  (name: string, code: RawCode['code']): Edit =>
  (module) => {
    codeOf(module, name).code = code;
  };

/** Changes the handle of a type or of a function by name. */
function named<T extends { name: number }>(module: RawModule, list: readonly T[], name: string): T {
  const found = list.find((item) => module.identifiers[item.name] === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

function caught(action: () => void): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** What the damaged module is refused with; the store stays as it was. */
function refusal(edit: Edit): unknown {
  const error = caught(() => framework.add({ storageId: APP, modules: [editModule(m, edit), n] }));
  expect(framework.package(APP)).toBeUndefined();
  return error;
}

const refused = (message: RegExp): unknown =>
  expect.objectContaining({ kind: 'verification', message: expect.stringMatching(message) });

test('the modules are good before they are damaged', () => {
  framework.add({ storageId: APP, modules: [m, n] });
  expect(framework.package(APP)?.modules.size).toBe(2);
  framework.remove(APP);
});

describe('code', () => {
  test.each<readonly [string, Edit, RegExp]>([
    ['jumps out of the function', setCode('branch', [{ Branch: 99 }]), /jumps to 99|malformed/],
    ['runs off its end', setCode('add', ['Nop']), /runs off its end/],
    ['has no instruction', setCode('add', []), /runs off its end|malformed/],
    ['uses a local it lacks', setCode('add', [{ MoveLoc: 9 }, 'Ret']), /local 9|malformed/],
    ['pops an empty stack', setCode('add', [{ MoveLoc: 0 }, 'Add', 'Ret']), /empty stack/],
    ['leaves a value', setCode('add', [{ CopyLoc: 0 }, { CopyLoc: 0 }, 'Ret']), /leaves values/],
    [
      'begins a block with values',
      setCode('branch', [{ LdU64: 1n }, { MoveLoc: 0 }, { BrTrue: 3 }, 'Ret']),
      /leaves/,
    ],
    ['returns another type', setCode('add', ['LdTrue', 'Ret']), /takes u64 but finds bool/],
    [
      'adds a bool',
      setCode('add', [{ MoveLoc: 0 }, 'LdTrue', 'Add', 'Ret']),
      /takes an integer but finds bool/,
    ],
    ['mixes widths', setCode('add', [{ MoveLoc: 0 }, { LdU8: 1 }, 'Add', 'Ret']), /takes u8 but finds u64/],
    [
      'compares unlike',
      setCode('add', [{ MoveLoc: 0 }, 'LdTrue', 'Eq', 'Pop', { LdU64: 1n }, 'Ret']),
      /takes bool/,
    ],
    ['copies a resource', setCode('keep', [{ CopyLoc: 0 }, 'Ret']), /needs copy/],
    ['drops a resource', setCode('sink', [{ MoveLoc: 0 }, 'Pop', 'Ret']), /needs drop/],
    ['forgets a resource', setCode('sink', ['Ret']), /cannot be dropped/],
    ['moves twice', setCode('add', [{ MoveLoc: 0 }, { MoveLoc: 0 }, 'Add', 'Ret']), /may hold nothing/],
    [
      'writes through &',
      setCode('peek', [{ LdU64: 1n }, { MoveLoc: 0 }, 'WriteRef', { LdU64: 1n }, 'Ret']),
      /mutable/,
    ],
    ['reads no reference', setCode('add', [{ MoveLoc: 0 }, 'ReadRef', 'Ret']), /takes a reference/],
    ['aborts with a bool', setCode('add', ['LdTrue', 'Abort']), /takes u64/],
    ['calls nothing', setCode('calls', [{ Call: 99 }, 'Ret']), /function handles|malformed/],
    ['packs nothing', setCode('keep', [{ MoveLoc: 0 }, 'Pop', { Pack: 99 }, 'Ret']), /definitions|malformed/],
    ['loads no constant', setCode('add', [{ LdConst: 99 }, 'Ret']), /constants|malformed/],
    [
      'uses global storage',
      setCode('add', [{ MoveLoc: 0 }, { ExistsDeprecated: 0 }, 'Ret']),
      /not supported|malformed/,
    ],
    [
      'moves a local on one path only',
      setCode('add', ['LdTrue', { BrTrue: 4 }, { MoveLoc: 0 }, 'Pop', { MoveLoc: 0 }, 'Ret']),
      /may hold nothing/,
    ],
    [
      'lets a jump table miss a variant',
      (module) => codeOf(module, 'kind').jump_tables[0]?.jump_table.Full.pop(),
      /every variant|malformed/,
    ],
  ])('%s', (_, edit, message) => {
    expect(refusal(edit)).toEqual(refused(message));
  });
});

describe('declarations', () => {
  test.each<readonly [string, Edit, RegExp]>([
    [
      'a struct that copies what cannot be copied',
      (module) => (named(module, module.datatype_handles, 'Outer').abilities = 1),
      /lacks an ability/,
    ],
    [
      'a struct that holds itself',
      (module) => {
        const handle = module.datatype_handles.indexOf(named(module, module.datatype_handles, 'Outer'));
        const definition = module.struct_defs.find(({ struct_handle: of }) => of === handle);
        const info = definition?.field_information;
        if (info && info !== 'Native' && info.Declared[0])
          info.Declared[0].signature = { Vector: { Datatype: handle } };
      },
      /holds itself/,
    ],
    [
      'an object without id',
      (module) => {
        const handle = module.datatype_handles.indexOf(named(module, module.datatype_handles, 'Thing'));
        const info = module.struct_defs.find(({ struct_handle: of }) => of === handle)?.field_information;
        if (info && info !== 'Native') info.Declared.push(...info.Declared.splice(0, 1));
      },
      /first field is not id/,
    ],
    [
      'a public init',
      (module) => (definitionOf(module, 'init').visibility = 'Public'),
      /init has another shape/,
    ],
    ['a native function', (module) => delete definitionOf(module, 'add').code, /native function/],
    [
      'another form of an imported type',
      (module) => (named(module, module.datatype_handles, 'UID').abilities = 7),
      /declared otherwise/,
    ],
    [
      'a call with another signature',
      (module) => {
        const handle = named(module, module.function_handles, 'shown');
        handle.return_ = named(module, module.function_handles, 'peek').parameters;
      },
      /another signature/,
    ],
    [
      'a call of a private function',
      (module) => {
        module.identifiers.push('hidden');
        named(module, module.function_handles, 'shown').name = module.identifiers.length - 1;
      },
      /not visible/,
    ],
    [
      'a call of a function that does not exist',
      (module) => {
        module.identifiers.push('vanished');
        named(module, module.function_handles, 'shown').name = module.identifiers.length - 1;
      },
      /no function n::vanished/,
    ],
    [
      "an event of another module's type",
      (module) => {
        const id = module.datatype_handles.indexOf(named(module, module.datatype_handles, 'ID'));
        const emit = module.function_handles.indexOf(named(module, module.function_handles, 'emit'));
        module.signatures.push([{ Datatype: id }]);
        const index = module.function_instantiations.findIndex(({ handle }) => handle === emit);
        module.function_instantiations[index] = {
          handle: emit,
          type_parameters: module.signatures.length - 1,
        };
        setCode('tell', ['Ret'])(module);
        setCode('forget', [{ MoveLoc: 0 }, { CallGeneric: index }, 'Ret'])(module);
      },
      /type of another module/,
    ],
  ])('%s', (_, edit, message) => {
    expect(refusal(edit)).toEqual(refused(message));
  });
});

function definitionOf(module: RawModule, name: string): RawModule['function_defs'][number] {
  const handle = module.function_handles.indexOf(named(module, module.function_handles, name));
  return module.function_defs.find((definition) => definition.function === handle) as never;
}

describe('packages', () => {
  test('need their modules to carry their address, once each', () => {
    const other = normalizeAddress('0x77');
    expect(() => framework.add({ storageId: other, modules: [m, n] })).toThrow(/calls itself/);
    expect(() => framework.add({ storageId: APP, modules: [m, n, n] })).toThrow(/given twice/);
    expect(() => framework.add({ storageId: APP, modules: [m] })).toThrow(/no module/);
    expect(() => framework.add({ storageId: APP, modules: [] })).toThrow(/without modules/);
    expect(() => framework.add({ storageId: '0x2', modules: [m, n] })).toThrow(/exists already/);
  });

  test('need their dependencies', () => {
    const empty = new ModuleStore();
    expect(() => empty.add({ storageId: APP, modules: [m, n] })).toThrow(
      expect.objectContaining({ kind: 'missing' }),
    );
  });
});

const grow: Edit = (module) => {
  module.signatures.push([{ Vector: { TypeParameter: 0 } }, { TypeParameter: 1 }]);
  const handle = module.function_handles.indexOf(named(module, module.function_handles, 'grow'));
  const instance = module.function_instantiations.find((candidate) => candidate.handle === handle);
  if (instance) instance.type_parameters = module.signatures.length - 1;
};

test('types that grow at run time hit a limit', async () => {
  const store = await frameworkStore();
  store.add({ storageId: APP, modules: [editModule(m, grow), n] });
  const typeArgs = [parseTypeTag('u8'), parseTypeTag('u8')];
  expect(new Snippet(store, 'm').value('grow', [10n], { typeArgs })).toBe(0n);
  expect(new Snippet(store, 'm').failure('grow', [100n], { typeArgs })).toMatchObject({ kind: 'limit' });
});
