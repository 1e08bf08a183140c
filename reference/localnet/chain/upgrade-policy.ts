import type {
  DatatypeInfo,
  FieldInfo,
  FunctionInfo,
  ModuleInfo,
  PackageInfo,
  SignatureType,
} from '../vm/index.ts';
import { sameBytes } from './bytes.ts';

/** Strictest last. The numbers are those of `sui::package`. */
const POLICIES: ReadonlyMap<number, 'compatible' | 'additive' | 'dependencies_only'> = new Map([
  [0, 'compatible'],
  [128, 'additive'],
  [192, 'dependencies_only'],
]);

export function policyName(policy: number): 'compatible' | 'additive' | 'dependencies_only' | undefined {
  return POLICIES.get(policy);
}

/**
 * Why a package may not follow another under a policy, or undefined when it may.
 * Compatible: public functions keep their signatures, types their layout and abilities. Additive: bodies of
 * functions that stay are not compared here beyond that. Dependencies only: no module changes.
 */
export function incompatibility(before: PackageInfo, after: PackageInfo, policy: number): string | undefined {
  for (const [name, module] of before.modules) {
    const next = after.modules.get(name);
    if (next === undefined) return `module ${name} is missing`;
    const problem =
      policyName(policy) === 'dependencies_only'
        ? changedBytes(module, next)
        : changedInterface(module, next);
    if (problem !== undefined) return `module ${name}: ${problem}`;
  }
  const added = [...after.modules.keys()].find((name) => !before.modules.has(name));
  if (policyName(policy) === 'dependencies_only' && added !== undefined) return `module ${added} is new`;
  return undefined;
}

function changedBytes(before: ModuleInfo, after: ModuleInfo): string | undefined {
  return sameBytes(before.bytes, after.bytes) ? undefined : 'its code changed';
}

function changedInterface(before: ModuleInfo, after: ModuleInfo): string | undefined {
  for (const type of before.datatypes) {
    const next = after.datatypes.find((candidate) => candidate.name === type.name);
    if (next === undefined) return `type ${type.name} is missing`;
    if (describeType(type) !== describeType(next)) return `type ${type.name} changed`;
  }
  for (const fn of before.functions) {
    const next = after.functions.find((candidate) => candidate.name === fn.name);
    if (fn.visibility === 'public') {
      if (next?.visibility !== 'public') return `public function ${fn.name} is missing`;
      if (describeFunction(fn) !== describeFunction(next)) return `public function ${fn.name} changed`;
    } else if (
      fn.entry &&
      next !== undefined &&
      next.entry &&
      describeFunction(fn) !== describeFunction(next)
    ) {
      return `entry function ${fn.name} changed`;
    }
  }
  return undefined;
}

function describeFunction(fn: FunctionInfo): string {
  return JSON.stringify([fn.typeParameters, fn.parameters.map(describe), fn.returns.map(describe)]);
}

function describeType(type: DatatypeInfo): string {
  return JSON.stringify([
    type.kind,
    type.abilities,
    type.typeParameters,
    describeFields(type.fields),
    type.variants.map((variant) => [variant.name, describeFields(variant.fields)]),
  ]);
}

function describeFields(list: readonly FieldInfo[]): readonly (readonly [string, string])[] {
  return list.map((field) => [field.name, describe(field.type)]);
}

function describe(type: SignatureType): string {
  switch (type.kind) {
    case 'vector':
      return `vector<${describe(type.of)}>`;
    case 'reference':
      return `&${type.mutable ? 'mut ' : ''}${describe(type.to)}`;
    case 'parameter':
      return `T${type.index}`;
    case 'struct':
      return `${type.address}::${type.module}::${type.name}<${type.typeArgs.map(describe).join(',')}>`;
    default:
      return type.kind;
  }
}
