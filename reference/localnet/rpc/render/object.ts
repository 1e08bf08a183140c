import { GrpcTypes } from '@mysten/sui/grpc';
import type { ChainObject, Owner } from '../../chain/object.ts';
import { typeName } from '../../chain/type-tags.ts';
import type { PackageStore } from '../../vm/index.ts';
import type { ReadMask } from '../read-mask.ts';
import { defined } from './defined.ts';
import { renderMoveJson } from './move-json.ts';
import { renderPackage } from './package.ts';

const { Owner_OwnerKind } = GrpcTypes;

export function renderOwner(owner: Owner): GrpcTypes.Owner {
  switch (owner.kind) {
    case 'address':
      return { kind: Owner_OwnerKind.ADDRESS, address: owner.address };
    case 'object':
      return { kind: Owner_OwnerKind.OBJECT, address: owner.address };
    case 'shared':
      return { kind: Owner_OwnerKind.SHARED, version: owner.initialVersion };
    case 'party':
      return {
        kind: Owner_OwnerKind.CONSENSUS_ADDRESS,
        address: owner.address,
        version: owner.startVersion,
      };
    case 'immutable':
      return { kind: Owner_OwnerKind.IMMUTABLE };
  }
}

/** Type as a node writes it; packages have one of their own. */
export function objectTypeName(object: ChainObject): string {
  return object.data.kind === 'move' ? typeName(object.data.type) : 'package';
}

/** The wanted parts of an object. */
export function renderObject(object: ChainObject, packages: PackageStore, mask: ReadMask): GrpcTypes.Object {
  const { data } = object;
  const type = objectTypeName(object);
  const move = data.kind === 'move' ? data : undefined;
  return mask.apply(
    defined<GrpcTypes.Object>({
      bcs: mask.includes('bcs') ? { name: 'Object', value: object.bcs } : undefined,
      objectId: object.id,
      version: object.version,
      digest: mask.includes('digest') ? object.digest : undefined,
      owner: renderOwner(object.owner),
      objectType: type,
      hasPublicTransfer: move?.hasPublicTransfer,
      contents: move && { name: type, value: move.contents },
      package:
        data.kind === 'package' && mask.includes('package') ? renderPackage(object.version, data) : undefined,
      previousTransaction: object.previousTransaction,
      storageRebate: object.storageRebate,
      json: move && mask.includes('json') ? renderMoveJson(packages, move.type, move.contents) : undefined,
      balance: object.coinBalance,
      display: undefined,
    }),
  );
}
