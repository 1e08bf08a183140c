import type { Address, PackageStore } from '../vm/index.ts';
import { addressToBytes, digestToString, parseAddress } from './bytes.ts';
import type { Digest } from './bytes.ts';
import { blake2b256 } from './digest.ts';
import { storageCharge } from './gas.ts';
import { ChainObject, IMMUTABLE, storedSize } from './object.ts';
import type { MoveData, Owner, PackageData } from './object.ts';
import type { ObjectStore } from './object-store.ts';
import { SUI_COIN_TYPE, suiStruct } from './type-tags.ts';

/** A package that is there from the start, compiled at its own address. */
export interface GenesisPackage {
  readonly address: string;
  readonly modules: readonly Uint8Array[];
}

export const CLOCK_ID: Address = `0x${'6'.padStart(64, '0')}`;
/** Digest that genesis objects name as their previous transaction. */
const GENESIS_DIGEST: Digest = '1'.repeat(32);
const CLOCK_TYPE = suiStruct('clock', 'Clock');
const FIRST_VERSION = 1n;

/** Loads the framework packages, in the order in which they depend on each other. */
export function loadGenesisPackages(
  store: ObjectStore,
  packages: PackageStore,
  genesis: readonly GenesisPackage[],
): void {
  const linkage = new Map<Address, Address>();
  for (const { address, modules } of genesis) {
    const id = parseAddress(address);
    if (id === undefined) throw new TypeError(`not a package address: ${address}`);
    const info = packages.add({ storageId: id, modules, linkage: new Map(linkage) });
    linkage.set(id, id);
    const versions = new Map([...info.linkage.keys()].map((key) => [key, FIRST_VERSION] as const));
    store.put(genesisObject(id, IMMUTABLE, { kind: 'package', info, linkageVersions: versions }));
  }
}

/** Tells framework packages apart: a chain goes on with those it began with only. */
export function genesisDigest(genesis: readonly GenesisPackage[]): Digest {
  return digestToString(blake2b256(Buffer.concat(genesis.flatMap(({ modules }) => modules.map(blake2b256)))));
}

export function genesisCoin(id: Address, owner: Address, balance: bigint): ChainObject {
  return genesisObject(
    id,
    { kind: 'address', address: owner },
    {
      kind: 'move',
      type: SUI_COIN_TYPE,
      hasPublicTransfer: true,
      contents: withU64(id, balance),
    },
  );
}

/** The Clock at a time; its version counts its settings. */
export function clockObject(version: bigint, timestampMs: bigint): ChainObject {
  const data: MoveData = {
    kind: 'move',
    type: CLOCK_TYPE,
    hasPublicTransfer: false,
    contents: withU64(CLOCK_ID, timestampMs),
  };
  return genesisObject(CLOCK_ID, { kind: 'shared', initialVersion: FIRST_VERSION }, data).with({ version });
}

/** The layout that coins and the clock share: id, then one u64. */
function withU64(id: Address, value: bigint): Uint8Array {
  const contents = new Uint8Array(40);
  contents.set(addressToBytes(id));
  new DataView(contents.buffer).setBigUint64(32, value, true);
  return contents;
}

function genesisObject(id: Address, owner: Owner, data: MoveData | PackageData): ChainObject {
  return new ChainObject({
    id,
    version: FIRST_VERSION,
    owner,
    data,
    previousTransaction: GENESIS_DIGEST,
    storageRebate: data.kind === 'move' ? storageCharge(storedSize(data)) : 0n,
  });
}
