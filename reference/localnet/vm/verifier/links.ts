import type { FunctionHandle } from '../ir.ts';
import type { LoadedModule } from '../loader.ts';
import { malformed } from '../pools.ts';
import type { DatatypeHandle } from '../pools.ts';
import type { LoadedPackage, ModuleStore } from '../store.ts';
import { sameType } from '../type-tag.ts';
import type { ModuleId, SignatureType } from '../types.ts';

/** Everything a module names exists where it says, looks as it says, and may be used. */
export function checkLinks(store: ModuleStore, loaded: LoadedPackage, module: LoadedModule): void {
  const home = (owner: ModuleId): LoadedModule =>
    store.linked(loaded, owner.address).modules.get(owner.name) ??
    malformed(`no module ${owner.address}::${owner.name}`);
  for (const owner of module.pools.modules) home(owner);
  for (const handle of module.pools.datatypes) checkDatatype(home(handle.owner), handle);
  for (const handle of module.pools.functions) {
    checkFunction(module, home({ address: handle.address, name: handle.module }), handle);
  }
}

function checkDatatype(home: LoadedModule, handle: DatatypeHandle): void {
  const type = home.datatype(handle.name);
  if (type === undefined) malformed(`no type ${home.name}::${handle.name}`);
  const same =
    type.abilities === handle.abilities &&
    type.typeParameters.length === handle.typeParameters.length &&
    type.typeParameters.every((parameter, i) => {
      const named = handle.typeParameters[i];
      return parameter.constraints === named?.constraints && parameter.phantom === named.phantom;
    });
  if (!same) malformed(`type ${home.name}::${handle.name} is declared otherwise`);
}

function checkFunction(module: LoadedModule, home: LoadedModule, handle: FunctionHandle): void {
  const fn = home.function(handle.name);
  const name = `${home.name}::${handle.name}`;
  if (fn === undefined) malformed(`no function ${name}`);
  const same =
    fn.typeParameters.length === handle.typeParameters.length &&
    fn.typeParameters.every((constraints, i) => constraints === handle.typeParameters[i]) &&
    sameTypes(fn.parameters, handle.parameters) &&
    sameTypes(fn.returns, handle.returns);
  if (!same) malformed(`function ${name} has another signature`);
  if (home === module || fn.visibility === 'public') return;
  const friend = home.pools.friends.some(
    (id) => id.address === module.id.address && id.name === module.id.name,
  );
  if (fn.visibility === 'private' || !friend) malformed(`function ${name} is not visible here`);
}

function sameTypes(a: readonly SignatureType[], b: readonly SignatureType[]): boolean {
  return a.length === b.length && a.every((type, i) => sameType(type, b[i] as SignatureType));
}

/** Modules of a package may use each other, but not in a circle. */
export function checkModuleCycles(loaded: LoadedPackage): void {
  const done = new Set<string>();
  const visit = (module: LoadedModule, path: readonly string[]): void => {
    if (path.includes(module.name))
      malformed(`modules depend on each other: ${[...path, module.name].join(', ')}`);
    if (done.has(module.name)) return;
    for (const used of module.pools.modules) {
      const next = used.address === loaded.originalId ? loaded.modules.get(used.name) : undefined;
      if (next !== undefined && next !== module) visit(next, [...path, module.name]);
    }
    done.add(module.name);
  };
  for (const module of loaded.modules.values()) visit(module, []);
}
