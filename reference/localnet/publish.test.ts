import type { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Transaction } from '@mysten/sui/transactions';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildPackage } from '../../contracts/build.ts';
import type { CompiledPackage } from '../../contracts/build.ts';
import { buildZoo, createdByType, startHarness, SUI } from './testing/harness.ts';
import type { Harness } from './testing/harness.ts';

const V1 = `
module box::box;
use sui::event;
public struct Thing has key, store { id: UID, value: u64 }
public struct Made has copy, drop { value: u64 }
public fun make(ctx: &mut TxContext): Thing { event::emit(Made { value: 1 }); Thing { id: object::new(ctx), value: 1 } }
public fun value(thing: &Thing): u64 { thing.value }
`;
const V2 = V1.replaceAll('value: 1 }', 'value: 2 }').concat(`
public struct Extra has copy, drop { thing: ID }
public fun grow(thing: &mut Thing) { thing.value = thing.value + 100; event::emit(Extra { thing: object::id(thing) }) }
`);
const BROKEN = V1.replace('public fun value', 'fun value');

function base64(built: CompiledPackage): string[] {
  return built.modules.map((module) => Buffer.from(module).toString('base64'));
}

describe('packages', () => {
  let harness: Harness;
  let alice: Ed25519Keypair;
  beforeAll(async () => {
    harness = await startHarness();
    alice = harness.wallet(1000n * SUI);
  });
  afterEach(() => expect(harness.faults).toEqual([]));
  afterAll(() => harness[Symbol.asyncDispose]());

  async function upgrade(
    cap: string,
    from: string,
    built: CompiledPackage,
    { policy = 0, digest = built.digest, budget = 500_000_000n } = {},
  ) {
    const tx = new Transaction();
    const ticket = tx.moveCall({
      target: '0x2::package::authorize_upgrade',
      arguments: [tx.object(cap), tx.pure.u8(policy), tx.pure.vector('u8', [...digest])],
    });
    const receipt = tx.upgrade({
      modules: base64(built),
      dependencies: built.dependencies,
      package: from,
      ticket,
    });
    tx.moveCall({ target: '0x2::package::commit_upgrade', arguments: [tx.object(cap), receipt] });
    return harness.runUnchecked(tx, alice, budget);
  }

  it('can be read back', async () => {
    const built = await buildZoo();
    const { packageId } = await harness.publish(built, alice);
    const { object } = await harness.client.getObject({ objectId: packageId });
    expect(object).toMatchObject({ type: 'package', version: '1', owner: { $kind: 'Immutable' } });
    const { response } = await harness.client.movePackageService.getPackage({ packageId });
    expect(response.package?.modules.map(({ name }) => name)).toEqual(['zoo']);
    expect(response.package?.linkage.map(({ originalId }) => originalId)).toEqual(built.dependencies);
    const { response: described } = await harness.client.movePackageService.getDatatype({
      packageId,
      moduleName: 'zoo',
      name: 'Toy',
    });
    expect(described.datatype?.fields.map(({ name }) => name)).toEqual(['id', 'number']);
  });

  it('are upgraded, keep their types and count their versions', async () => {
    const [first, second] = [
      await buildPackage({ 'box.move': V1 }, 'box'),
      await buildPackage({ 'box.move': V2 }, 'box'),
    ];
    const { packageId, created } = await harness.publish(first, alice);
    const making = new Transaction();
    making.transferObjects([making.moveCall({ target: `${packageId}::box::make` })], alice.toSuiAddress());
    const thing = createdByType(await harness.run(making, alice))['Thing'] as string;

    const done = await upgrade(created['UpgradeCap'] as string, packageId, second);
    expect(done.status.error).toBeNull();
    const next = done.effects.changedObjects.find(({ outputState }) => outputState === 'PackageWrite');
    expect(next).toMatchObject({ outputVersion: '2', idOperation: 'Created' });

    const growing = new Transaction();
    growing.moveCall({ target: `${next?.objectId}::box::grow`, arguments: [growing.object(thing)] });
    growing.transferObjects(
      [growing.moveCall({ target: `${next?.objectId}::box::make` })],
      alice.toSuiAddress(),
    );
    const grown = await harness.run(growing, alice);
    expect(grown.events.map(({ eventType }) => eventType)).toEqual([
      `${next?.objectId}::box::Extra`,
      `${packageId}::box::Made`,
    ]);
    const { object } = await harness.client.getObject({ objectId: thing, include: { json: true } });
    expect(object.type).toBe(`${packageId}::box::Thing`);
    expect(object.json).toMatchObject({ value: '101' });

    const { response } = await harness.client.movePackageService.listPackageVersions({ packageId });
    expect(response.versions.map(({ version }) => version)).toEqual([1n, 2n]);
    const old = new Transaction();
    old.moveCall({ target: `${packageId}::box::grow`, arguments: [old.object(thing)] });
    expect((await harness.runUnchecked(old, alice)).status.error?.message).toMatch(/function not found/i);
  });

  it('are not upgraded against the policy, the digest or the interface', async () => {
    const [first, broken] = [
      await buildPackage({ 'box.move': V1 }, 'box'),
      await buildPackage({ 'box.move': BROKEN }, 'box'),
    ];
    const { packageId, created } = await harness.publish(first, alice);
    const cap = created['UpgradeCap'] as string;
    expect((await upgrade(cap, packageId, broken)).status.error).toMatchObject({
      $kind: 'PackageUpgradeError',
      message: expect.stringContaining('IncompatibleUpgrade'),
    });
    const wrong = await upgrade(cap, packageId, first, { digest: new Uint8Array(32) });
    expect(wrong.status.error?.message).toContain('DigestDoesNotMatch');
    const second = await buildPackage({ 'box.move': V2 }, 'box');
    expect((await upgrade(cap, packageId, second, { policy: 192 })).status.success).toBe(false);
    const { object } = await harness.client.getObject({ objectId: cap, include: { json: true } });
    expect(object.json).toMatchObject({ package: packageId, version: '1' });
  });

  it('that are broken or lack a dependency are refused and leave nothing', async () => {
    const built = await buildPackage({ 'box.move': V1 }, 'box');
    const packages = harness.localnet.chain.objects.size;
    const broken = new Transaction();
    const cap = broken.publish({
      modules: base64(built).map((module) => module.replace(/.{8}$/, 'AAAAAAAA')),
      dependencies: built.dependencies,
    });
    broken.transferObjects([cap], alice.toSuiAddress());
    expect((await harness.runUnchecked(broken, alice)).status.error?.message).toMatch(/verification/i);
    const lacking = new Transaction();
    const other = lacking.publish({ modules: base64(built), dependencies: ['0x1'] });
    lacking.transferObjects([other], alice.toSuiAddress());
    expect((await harness.runUnchecked(lacking, alice)).status.error?.message).toMatch(/missing dependency/i);
    expect(harness.localnet.chain.objects.size).toBe(packages);
  });

  it('of a failed transaction are gone', async () => {
    const built = await buildPackage({ 'box.move': V1 }, 'box');
    const tx = new Transaction();
    // Nobody takes the capability, so the transaction fails after the package was loaded.
    tx.publish({ modules: base64(built), dependencies: built.dependencies });
    const done = await harness.runUnchecked(tx, alice);
    expect(done.status.success).toBe(false);
    expect(done.effects.changedObjects.every(({ outputState }) => outputState !== 'PackageWrite')).toBe(true);
  });
});
