import { GrpcTypes } from '@mysten/sui/grpc';
import type { PackageData } from '../../chain/object.ts';
import { ABILITY } from '../../vm/index.ts';
import type {
  AbilitySet,
  DatatypeInfo,
  FieldInfo,
  FunctionInfo,
  ModuleInfo,
  SignatureType,
} from '../../vm/index.ts';

const {
  Ability,
  DatatypeDescriptor_DatatypeKind,
  FunctionDescriptor_Visibility,
  OpenSignature_Reference,
  OpenSignatureBody_Type,
} = GrpcTypes;

const VISIBILITY = {
  private: FunctionDescriptor_Visibility.PRIVATE,
  friend: FunctionDescriptor_Visibility.FRIEND,
  public: FunctionDescriptor_Visibility.PUBLIC,
} as const;

const PRIMITIVE_TYPES = {
  bool: OpenSignatureBody_Type.BOOL,
  u8: OpenSignatureBody_Type.U8,
  u16: OpenSignatureBody_Type.U16,
  u32: OpenSignatureBody_Type.U32,
  u64: OpenSignatureBody_Type.U64,
  u128: OpenSignatureBody_Type.U128,
  u256: OpenSignatureBody_Type.U256,
  address: OpenSignatureBody_Type.ADDRESS,
  signer: OpenSignatureBody_Type.ADDRESS,
} as const;

export function renderPackage(version: bigint, data: PackageData): GrpcTypes.Package {
  const { info } = data;
  return {
    storageId: info.storageId,
    originalId: info.originalId,
    version,
    modules: [...info.modules.values()].map(renderModule),
    typeOrigins: [...info.typeOrigins].map(([name, packageId]) => {
      const [moduleName, datatypeName] = name.split('::') as [string, string];
      return { moduleName, datatypeName, packageId };
    }),
    linkage: [...info.linkage]
      .filter(([originalId]) => originalId !== info.originalId)
      .map(([originalId, upgradedId]) => ({
        originalId,
        upgradedId,
        upgradedVersion: data.linkageVersions.get(originalId) ?? 1n,
      })),
  };
}

function renderModule(module: ModuleInfo): GrpcTypes.Module {
  return {
    name: module.name,
    contents: module.bytes,
    datatypes: module.datatypes.map(renderDatatype),
    functions: module.functions.map(renderFunction),
  };
}

export function renderFunction(fn: FunctionInfo): GrpcTypes.FunctionDescriptor {
  return {
    name: fn.name,
    visibility: VISIBILITY[fn.visibility],
    isEntry: fn.entry,
    typeParameters: fn.typeParameters.map((constraints) => ({ constraints: renderAbilities(constraints) })),
    parameters: fn.parameters.map(renderSignature),
    returns: fn.returns.map(renderSignature),
  };
}

export function renderDatatype(type: DatatypeInfo): GrpcTypes.DatatypeDescriptor {
  return {
    typeName: `${type.address}::${type.module}::${type.name}`,
    definingId: type.address,
    module: type.module,
    name: type.name,
    abilities: renderAbilities(type.abilities),
    typeParameters: type.typeParameters.map(({ constraints, phantom }) => ({
      constraints: renderAbilities(constraints),
      isPhantom: phantom,
    })),
    kind:
      type.kind === 'struct' ? DatatypeDescriptor_DatatypeKind.STRUCT : DatatypeDescriptor_DatatypeKind.ENUM,
    fields: type.fields.map(renderField),
    variants: type.variants.map((variant, position) => ({
      name: variant.name,
      position,
      fields: variant.fields.map(renderField),
    })),
  };
}

function renderField(field: FieldInfo, position: number): GrpcTypes.FieldDescriptor {
  return { name: field.name, position, type: renderBody(field.type) };
}

function renderAbilities(set: AbilitySet): GrpcTypes.Ability[] {
  const names = { copy: Ability.COPY, drop: Ability.DROP, store: Ability.STORE, key: Ability.KEY } as const;
  return (['copy', 'drop', 'store', 'key'] as const)
    .filter((name) => (set & ABILITY[name]) !== 0)
    .map((name) => names[name]);
}

function renderSignature(type: SignatureType): GrpcTypes.OpenSignature {
  if (type.kind !== 'reference') return { body: renderBody(type) };
  const reference = type.mutable ? OpenSignature_Reference.MUTABLE : OpenSignature_Reference.IMMUTABLE;
  return { reference, body: renderBody(type.to) };
}

function renderBody(type: SignatureType): GrpcTypes.OpenSignatureBody {
  switch (type.kind) {
    case 'vector':
      return { type: OpenSignatureBody_Type.VECTOR, typeParameterInstantiation: [renderBody(type.of)] };
    case 'struct':
      return {
        type: OpenSignatureBody_Type.DATATYPE,
        typeName: `${type.address}::${type.module}::${type.name}`,
        typeParameterInstantiation: type.typeArgs.map(renderBody),
      };
    case 'parameter':
      return {
        type: OpenSignatureBody_Type.TYPE_PARAMETER,
        typeParameter: type.index,
        typeParameterInstantiation: [],
      };
    case 'reference':
      throw new TypeError('a reference inside a type');
    default:
      return { type: PRIMITIVE_TYPES[type.kind], typeParameterInstantiation: [] };
  }
}
