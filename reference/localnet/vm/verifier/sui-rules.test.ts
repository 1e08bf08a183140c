import { beforeAll, expect, test } from 'vitest';
import type { RawCode, RawInstruction, RawModule } from '../binary.ts';
import type { ModuleStore } from '../store.ts';
import { APP, compileApp, editModule, frameworkStore } from '../testing/snippets.ts';

const SOURCE = `
module app::m;
public struct M has drop {}
public struct Other has drop {}
public struct Thing has key, store { id: UID, owner: ID }
fun init(_: M, _: &mut TxContext) {}
public fun other(): Other { Other {} }
public fun give(_: Other, _: &mut TxContext) {}
public fun mine(ctx: &mut TxContext): UID { object::new(ctx) }
public fun renew(keep: bool, old: Thing, ctx: &mut TxContext): Thing {
    let Thing { id, owner } = old;
    id.delete();
    if (keep) Thing { id: object::new(ctx), owner } else Thing { id: object::new(ctx), owner: object::id_from_address(@0x1) }
}
`;

let bytes: Uint8Array;
let store: ModuleStore;
beforeAll(async () => {
  [bytes] = (await compileApp({ 'm.move': SOURCE })) as [Uint8Array];
  store = await frameworkStore();
});

type Edit = (module: RawModule) => void;

function publish(edit: Edit): void {
  store.add({ storageId: APP, modules: [editModule(bytes, edit)] });
  store.remove(APP);
}

const at = (module: RawModule, list: readonly { name: number }[], name: string): number =>
  list.findIndex((item) => module.identifiers[item.name] === name);
const typeOf = (module: RawModule, name: string): number => at(module, module.datatype_handles, name);
const functionOf = (module: RawModule, name: string): number => at(module, module.function_handles, name);
const structOf = (module: RawModule, name: string): number =>
  module.struct_defs.findIndex(({ struct_handle: handle }) => handle === typeOf(module, name));

function codeOf(module: RawModule, name: string): RawCode {
  const found = module.function_defs.find(({ function: handle }) => handle === functionOf(module, name));
  if (!found?.code) throw new Error(`no code of ${name}`);
  return found.code;
}

test('the module is good before it is damaged', () => publish(() => {}));

/** Takes the old object apart; `renewing` may put another id into local 3; then one is made of locals 3 and 4. */
const rebuild =
  (renewing: (module: RawModule) => RawInstruction[]): Edit =>
  (module) => {
    const thing = structOf(module, 'Thing');
    const code = codeOf(module, 'renew');
    module.signatures.push([{ Datatype: typeOf(module, 'UID') }, { Datatype: typeOf(module, 'ID') }]);
    code.locals = module.signatures.length - 1;
    code.code = [
      { MoveLoc: 1 },
      { Unpack: thing },
      { StLoc: 4 },
      { StLoc: 3 },
      ...renewing(module),
      { MoveLoc: 3 },
      { MoveLoc: 4 },
      { Pack: thing },
      'Ret',
    ];
  };

const renewal =
  (maker: string) =>
  (module: RawModule): RawInstruction[] => [
    { MoveLoc: 3 },
    { Call: functionOf(module, 'delete') },
    { MoveLoc: 2 },
    { Call: functionOf(module, maker) },
    { StLoc: 3 },
  ];

/** `init` with the parameters of `give`. */
const initOfAnother: Edit = (module) => {
  const [init, give] = ['init', 'give'].map((name) => module.function_handles[functionOf(module, name)]);
  if (init && give) init.parameters = give.parameters;
};

const DROP_AND_STORE = 6;
const storedWitness: Edit = (module) => {
  const handle = module.datatype_handles[typeOf(module, 'M')];
  if (handle) handle.abilities = DROP_AND_STORE;
};

const madeWitness: Edit = (module) => {
  const [witness, other] = [structOf(module, 'M'), structOf(module, 'Other')];
  const code = codeOf(module, 'other');
  code.code = ['LdTrue', { Pack: witness }, 'Pop', 'LdTrue', { Pack: other }, 'Ret'];
};

test.each<readonly [string, Edit, RegExp]>([
  [
    'an object with the id of another',
    rebuild(() => []),
    /renew: instruction 6 makes an object without a newly created UID/,
  ],
  [
    'an object with an id that is new on one path only',
    rebuild((module) => [{ MoveLoc: 0 }, { BrFalse: 11 }, ...renewal('new')(module)]),
    /without a newly created UID/,
  ],
  [
    'an object with an id that another function gave',
    rebuild(renewal('mine')),
    /without a newly created UID/,
  ],
  ['a one-time witness made by its module', madeWitness, /other makes the one-time witness M/],
  ['an init that takes another type first', initOfAnother, /init has another shape/],
  ['an init that takes what is no witness, as it can be stored', storedWitness, /init has another shape/],
])('refused: %s', (_, edit, message) => {
  expect(() => publish(edit)).toThrow(
    expect.objectContaining({ kind: 'verification', message: expect.stringMatching(message) }),
  );
});

test('an object is made with a new id that came by way of a local', () => publish(rebuild(renewal('new'))));
