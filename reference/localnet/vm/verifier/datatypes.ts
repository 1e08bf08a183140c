import { abilitiesOf, ALL_ABILITIES } from '../abilities.ts';
import type { DatatypeSource } from '../abilities.ts';
import type { LoadedModule } from '../loader.ts';
import { malformed } from '../pools.ts';
import type { AbilitySet, DatatypeInfo, FieldInfo, SignatureType } from '../types.ts';
import { ABILITY } from '../types.ts';

const { copy, drop, store, key } = ABILITY;

/** Fields are well-formed, allow the abilities their type declares, and no type holds itself. */
export function checkDatatypes(source: DatatypeSource, module: LoadedModule): void {
  for (const type of module.datatypes) {
    const constraints = type.typeParameters.map((parameter) => parameter.constraints);
    const everything = type.typeParameters.map(() => ALL_ABILITIES);
    for (const field of fieldsOf(type)) {
      checkType(source, field.type, constraints);
      checkPhantoms(source, type, field);
      const has = abilitiesOf(source, field.type, everything);
      const needs = (type.abilities & (copy | drop | store)) | ((type.abilities & key) === 0 ? 0 : store);
      if ((has & needs) !== needs)
        malformed(`${type.name}.${field.name} lacks an ability its struct declares`);
    }
  }
  checkRecursion(module);
}

function fieldsOf(type: DatatypeInfo): readonly FieldInfo[] {
  return [...type.fields, ...type.variants.flatMap((variant) => variant.fields)];
}

/** Type parameters exist, and arguments have the abilities that structs ask of them. */
export function checkType(
  source: DatatypeSource,
  type: SignatureType,
  parameters: readonly AbilitySet[],
): void {
  switch (type.kind) {
    case 'parameter':
      if (parameters[type.index] === undefined) malformed(`no type parameter ${type.index}`);
      break;
    case 'vector':
      checkType(source, type.of, parameters);
      break;
    case 'reference':
      checkType(source, type.to, parameters);
      break;
    case 'struct': {
      const info = source.datatype(type.address, type.module, type.name);
      if (info === undefined) malformed(`no type ${type.module}::${type.name}`);
      checkTypeArgs(
        source,
        type.typeArgs,
        info.typeParameters.map((parameter) => parameter.constraints),
        parameters,
      );
      break;
    }
    default:
  }
}

export function checkTypeArgs(
  source: DatatypeSource,
  typeArgs: readonly SignatureType[],
  wanted: readonly AbilitySet[],
  parameters: readonly AbilitySet[],
): void {
  if (typeArgs.length !== wanted.length) malformed(`${typeArgs.length} type arguments for ${wanted.length}`);
  for (const [i, arg] of typeArgs.entries()) {
    if (arg.kind === 'reference') malformed('reference as a type argument');
    checkType(source, arg, parameters);
    const needs = wanted[i] ?? 0;
    if ((abilitiesOf(source, arg, parameters) & needs) !== needs) malformed('type argument lacks an ability');
  }
}

/** A phantom parameter only occurs as an argument for another phantom one. */
function checkPhantoms(source: DatatypeSource, owner: DatatypeInfo, field: FieldInfo): void {
  const visit = (type: SignatureType, phantom: boolean): void => {
    if (type.kind === 'parameter' && !phantom && owner.typeParameters[type.index]?.phantom === true) {
      malformed(`${owner.name}.${field.name} uses a phantom type parameter`);
    }
    if (type.kind === 'vector') visit(type.of, false);
    if (type.kind === 'struct') {
      const info = source.datatype(type.address, type.module, type.name);
      for (const [i, arg] of type.typeArgs.entries()) visit(arg, info?.typeParameters[i]?.phantom === true);
    }
  };
  visit(field.type, false);
}

/** Modules do not depend on each other in a circle, so a type can only hold itself within its module. */
function checkRecursion(module: LoadedModule): void {
  const done = new Set<string>();
  const own = (type: SignatureType): readonly string[] => {
    if (type.kind === 'vector') return own(type.of);
    if (type.kind !== 'struct') return [];
    const here = type.module === module.name && module.datatype(type.name) !== undefined;
    return [...(here ? [type.name] : []), ...type.typeArgs.flatMap(own)];
  };
  const visit = (name: string, path: readonly string[]): void => {
    if (path.includes(name)) malformed(`type ${name} holds itself`);
    if (done.has(name)) return;
    const type = module.datatype(name);
    if (type !== undefined) {
      for (const inner of fieldsOf(type).flatMap((field) => own(field.type))) visit(inner, [...path, name]);
    }
    done.add(name);
  };
  for (const type of module.datatypes) visit(type.name, []);
}
