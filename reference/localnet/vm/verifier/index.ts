import { VmError } from '../errors.ts';
import type { LoadedModule } from '../loader.ts';
import type { LoadedPackage, ModuleStore } from '../store.ts';
import { checkDatatypes } from './datatypes.ts';
import { checkFreshIds } from './fresh-ids.ts';
import { checkModuleCycles, checkLinks } from './links.ts';
import { checkLocals } from './locals.ts';
import { checkStructure } from './structure.ts';
import { checkSuiRules, isFramework } from './sui-rules.ts';
import { TypeChecker } from './types.ts';

/**
 * Checks a package that is in the store already: definitions, links to its dependencies, control flow, types,
 * availability of locals, and the rules Sui adds. Leaves the operand types at the functions for the compiler.
 * Borrow safety is left to the compiler that made the bytecode. Throws VmError `verification`, or `missing`
 * for a package that is not in the store.
 */
export function verifyPackage(store: ModuleStore, loaded: LoadedPackage): void {
  checkModuleCycles(loaded);
  for (const module of loaded.modules.values()) {
    inModule(module, () => {
      checkLinks(store, loaded, module);
      checkDatatypes(store, module);
    });
  }
  for (const module of loaded.modules.values()) {
    inModule(module, () => {
      checkFunctions(store, loaded, module);
      checkSuiRules(loaded, module);
    });
  }
}

function checkFunctions(store: ModuleStore, loaded: LoadedPackage, module: LoadedModule): void {
  const framework = isFramework(loaded);
  for (const fn of module.functions) {
    checkStructure(fn);
    const checker = new TypeChecker(store, fn);
    fn.operandTypes = checker.check();
    checkLocals(store, fn);
    // The framework makes objects at fixed ids, such as the Clock.
    if (!framework) checkFreshIds(store, fn);
  }
}

/** Names the module in the message. */
function inModule(module: LoadedModule, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof VmError)) throw error;
    const kind = error.kind === 'missing' ? 'missing' : 'verification';
    throw new VmError(kind, `${module.id.address}::${module.name}: ${error.message}`);
  }
}
