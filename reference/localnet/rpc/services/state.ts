import { GrpcTypes } from '@mysten/sui/grpc';
import type { SuiGrpcClient } from '@mysten/sui/grpc';
import type { Chain } from '../../chain/chain.ts';
import type { ChainObject } from '../../chain/object.ts';
import { coinTypeOf, parseTypeName, suiStruct, SUI_ADDRESS, typeName } from '../../chain/type-tags.ts';
import type { Address, StructTag, TypeTag, Value } from '../../vm/index.ts';
import { page } from '../pages.ts';
import { ReadMask } from '../read-mask.ts';
import { defined } from '../render/defined.ts';
import { renderObject } from '../render/object.ts';
import { requireAddress } from '../resolve/draft.ts';
import type { ServiceHandlers } from '../service.ts';
import { invalidArgument, RpcFailure } from '../status.ts';

const { DynamicField_DynamicFieldKind } = GrpcTypes;
const OWNED_DEFAULT = 'object_id,version,object_type';
const FIELD_DEFAULT = 'parent,field_id';
const SUI_COIN = '0x2::sui::SUI';

/** `sui.rpc.v2.StateService`. */
export function stateService(chain: Chain): ServiceHandlers<SuiGrpcClient['stateService']> {
  return {
    listOwnedObjects(request) {
      const owner = requireAddress(request.owner, 'owner');
      const mask = ReadMask.of(request.readMask, OWNED_DEFAULT, GrpcTypes.Object);
      const wanted = request.objectType ? requireStruct(request.objectType) : undefined;
      const owned = [...chain.objects.ownedBy(owner).values()]
        .filter((object) => wanted === undefined || isOfType(object, wanted))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const { items, nextPageToken } = page(owned, (object) => object.id, request);
      return defined<GrpcTypes.ListOwnedObjectsResponse>({
        objects: items.map((object) => renderObject(object, chain.packages, mask)),
        nextPageToken,
      });
    },
    listDynamicFields(request) {
      const parent = requireAddress(request.parent, 'parent');
      const mask = ReadMask.of(request.readMask, FIELD_DEFAULT, GrpcTypes.DynamicField);
      const fields = [...chain.objects.childrenOf(parent).values()]
        .filter((object) => isOfType(object, FIELD))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1));
      const { items, nextPageToken } = page(fields, (object) => object.id, request);
      return defined<GrpcTypes.ListDynamicFieldsResponse>({
        dynamicFields: items.map((field) => renderField(chain, parent, field, mask)),
        nextPageToken,
      });
    },
    getBalance(request) {
      const owner = requireAddress(request.owner, 'owner');
      const coinType = typeName(requireStruct(request.coinType ?? SUI_COIN));
      return { balance: renderBalance(coinType, balances(chain, owner).get(coinType) ?? 0n) };
    },
    listBalances(request) {
      const owner = requireAddress(request.owner, 'owner');
      const sorted = [...balances(chain, owner)].toSorted(([a], [b]) => (a < b ? -1 : 1));
      const { items, nextPageToken } = page(sorted, ([coinType]) => coinType, request);
      return defined<GrpcTypes.ListBalancesResponse>({
        balances: items.map(([coinType, balance]) => renderBalance(coinType, balance)),
        nextPageToken,
      });
    },
    getCoinInfo({ coinType }) {
      const name = typeName(requireStruct(coinType ?? ''));
      if (name !== typeName(requireStruct(SUI_COIN)))
        throw new RpcFailure('NOT_FOUND', `Coin type ${coinType} not found`);
      return {
        coinType: name,
        metadata: { decimals: 9, name: 'Sui', symbol: 'SUI', description: '' },
      };
    },
  };
}

function requireStruct(text: string): StructTag {
  const type = parseTypeName(text);
  if (type?.kind !== 'struct') throw invalidArgument(`invalid type: ${text}`);
  return type;
}

/** A filter without type arguments matches every instance of the type. */
function isOfType(object: ChainObject, wanted: StructTag): boolean {
  if (object.data.kind !== 'move') return false;
  const { type } = object.data;
  if (type.name !== wanted.name || type.module !== wanted.module || type.address !== wanted.address)
    return false;
  return wanted.typeArgs.length === 0 || typeName(type) === typeName(wanted);
}

function balances(chain: Chain, owner: Address): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const object of chain.objects.ownedBy(owner).values()) {
    const coin = object.data.kind === 'move' ? coinTypeOf(object.data.type) : undefined;
    if (coin === undefined) continue;
    const name = typeName(coin);
    sums.set(name, (sums.get(name) ?? 0n) + (object.coinBalance ?? 0n));
  }
  return sums;
}

function renderBalance(coinType: string, balance: bigint): GrpcTypes.Balance {
  return { coinType, balance, addressBalance: 0n, coinBalance: balance };
}

const FIELD = suiStruct('dynamic_field', 'Field');

function renderField(
  chain: Chain,
  parent: Address,
  field: ChainObject,
  mask: ReadMask,
): GrpcTypes.DynamicField {
  if (field.data.kind !== 'move') throw new TypeError('a package is no field');
  const { packages } = chain;
  const [nameType, valueType] = field.data.type.typeArgs as [TypeTag, TypeTag];
  const [, name, value] = packages.deserialize(field.data.type, field.data.contents) as [Value, Value, Value];
  const wrapped = wrappedName(nameType);
  const childId = wrapped && ((value as Value[])[0] as Address);
  const child = childId === undefined ? undefined : chain.objects.get(childId);
  const shownName = wrapped ?? nameType;
  const shownValue = wrapped
    ? { type: child?.data.kind === 'move' ? child.data.type : valueType }
    : { type: valueType };
  return mask.apply(
    defined<GrpcTypes.DynamicField>({
      kind: wrapped ? DynamicField_DynamicFieldKind.OBJECT : DynamicField_DynamicFieldKind.FIELD,
      parent,
      fieldId: field.id,
      fieldObject: mask.includes('field_object')
        ? renderObject(field, packages, mask.child('field_object'))
        : undefined,
      name: {
        name: typeName(shownName),
        value: packages.serialize(shownName, wrapped ? ((name as Value[])[0] as Value) : name),
      },
      value: mask.includes('value')
        ? { name: typeName(valueType), value: packages.serialize(valueType, value) }
        : undefined,
      valueType: typeName(shownValue.type),
      childId,
      childObject:
        child && mask.includes('child_object')
          ? renderObject(child, packages, mask.child('child_object'))
          : undefined,
    }),
  );
}

/** The name inside `dynamic_object_field::Wrapper`; undefined for the name of a plain field. */
function wrappedName(type: TypeTag): TypeTag | undefined {
  if (type.kind !== 'struct' || type.address !== SUI_ADDRESS) return undefined;
  return type.module === 'dynamic_object_field' && type.name === 'Wrapper' ? type.typeArgs[0] : undefined;
}
