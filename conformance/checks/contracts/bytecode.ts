import { deserialize } from '@mysten/move-bytecode-template';
import type { CheckContext } from '../../runner/context.ts';
import { CheckFailure } from '../../runner/outcome.ts';

type Instruction = string | Readonly<Record<string, number>>;

interface Raw {
  self_module_handle_idx: number;
  module_handles: { address: number; name: number }[];
  datatype_handles: { name: number }[];
  function_handles: { module: number; name: number }[];
  function_instantiations: { handle: number }[];
  identifiers: string[];
  constant_pool: { type_: unknown; data: number[] }[];
  struct_defs: { struct_handle: number }[];
  function_defs: {
    function: number;
    visibility: 'Public' | 'Private' | 'Friend';
    is_entry: boolean;
    code?: { code: Instruction[] } | null;
  }[];
}

/** A function of the published package, as far as checks look at it. */
export interface PublishedFunction {
  /** `module::name`. */
  name: string;
  /** A transaction can call it. */
  callable: boolean;
  /** Codes that it aborts with. */
  aborts: number[];
  /** Types of its own module that it makes. */
  packs: string[];
  /** What it calls, as `module::name`, in other packages, too. */
  calls: string[];
}

/** Reads the bytecode of the package under test from the chain. */
export async function publishedFunctions(t: CheckContext): Promise<PublishedFunction[]> {
  const { response } = await t.chain.client.movePackageService.getPackage({
    packageId: t.world.chain.ids.package,
  });
  const modules = response.package?.modules ?? [];
  if (modules.length === 0) throw new CheckFailure('the package has no modules');
  return modules.flatMap(({ contents }) => functionsOf(deserialize(contents ?? new Uint8Array()) as Raw));
}

function functionsOf(raw: Raw): PublishedFunction[] {
  const text = (index: number | undefined): string => raw.identifiers[index ?? -1] ?? '';
  const module = (index: number | undefined): string => text(raw.module_handles[index ?? -1]?.name);
  const nameOf = (handle: number | undefined): string => {
    const found = raw.function_handles[handle ?? -1];
    return `${module(found?.module)}::${text(found?.name)}`;
  };
  return raw.function_defs.map((definition) => {
    const code = definition.code?.code ?? [];
    const operands = (...names: string[]): number[] =>
      code.flatMap((step) => (typeof step === 'string' ? [] : names.flatMap((name) => step[name] ?? [])));
    return {
      name: nameOf(definition.function),
      callable: definition.visibility === 'Public' || definition.is_entry,
      aborts: code.flatMap((step, index) => (step === 'Abort' ? codeBefore(raw, code[index - 1]) : [])),
      packs: operands('Pack').map((index) =>
        text(raw.datatype_handles[raw.struct_defs[index]?.struct_handle ?? -1]?.name),
      ),
      calls: [
        ...operands('Call').map(nameOf),
        ...operands('CallGeneric').map((index) => nameOf(raw.function_instantiations[index]?.handle)),
      ],
    };
  });
}

/** The code that the instruction before an abort puts on the stack; nothing when it is no constant. */
function codeBefore(raw: Raw, step: Instruction | undefined): number[] {
  if (step === undefined || typeof step === 'string') return [];
  if (step['LdU64'] !== undefined) return [Number(step['LdU64'])];
  const constant = raw.constant_pool[step['LdConst'] ?? -1];
  if (constant?.data.length !== 8) return [];
  return [Number(Buffer.from(constant.data).readBigUInt64LE())];
}

/** The names of all functions that a transaction reaches by calling one of these. */
export function reachable(functions: readonly PublishedFunction[], from: readonly string[]): Set<string> {
  const byName = new Map(functions.map((one) => [one.name, one]));
  const seen = new Set<string>();
  const waiting = [...from];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    waiting.push(...(byName.get(name)?.calls ?? []));
  }
  return seen;
}
