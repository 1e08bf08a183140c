import { buildFramework, buildPackage } from '../../../../contracts/build.ts';
import { normalizeAddress } from '../address.ts';
import type { VmSession } from '../api.ts';
import { serialize } from '@mysten/move-bytecode-template';
import { readModule, withSelfAddress } from '../binary.ts';
import type { RawModule } from '../binary.ts';
import { isVmFailure } from '../errors.ts';
import type { VmFailure } from '../errors.ts';
import { GasMeter } from '../gas.ts';
import { createSession } from '../session.ts';
import { ModuleStore } from '../store.ts';
import type { Address, CallResult, TypeTag, Value } from '../types.ts';
import { TestWorld } from './world.ts';

/** Where `compileApp` publishes. */
export const APP: Address = normalizeAddress('0xabcd');
const GAS_BUDGET = 1_000_000;

export async function frameworkStore(): Promise<ModuleStore> {
  const store = new ModuleStore();
  for (const { address, modules } of await buildFramework()) store.add({ storageId: address, modules });
  return store;
}

/** Compiles sources of a package named `app`; modules address themselves as `address`. */
export async function compileApp(files: Record<string, string>, address = APP): Promise<Uint8Array[]> {
  const { modules } = await buildPackage(files, 'app');
  return modules.map((bytes) => withSelfAddress(bytes, address));
}

/** Functions of one module of a published package, to be called from a test. */
export class Snippet {
  readonly store: ModuleStore;
  readonly #module: string;
  readonly #package: Address;

  constructor(store: ModuleStore, module: string, storageId = APP) {
    this.store = store;
    this.#module = module;
    this.#package = storageId;
  }

  /** Compiles `source`, a module `app::m`, and further files, and publishes them beside the framework. */
  static async compile(source: string, more: Record<string, string> = {}): Promise<Snippet> {
    const store = await frameworkStore();
    store.add({ storageId: APP, modules: await compileApp({ 'm.move': source, ...more }) });
    return new Snippet(store, 'm');
  }

  session(world = new TestWorld(), budget = GAS_BUDGET): VmSession {
    return createSession({ store: this.store, natives: world, gas: new GasMeter(budget) });
  }

  run(name: string, args: readonly Value[], options: RunOptions = {}): CallResult {
    const target = { package: this.#package, module: this.#module, function: name };
    return this.session(options.world, options.budget).call(target, options.typeArgs ?? [], args);
  }

  /** The first result. */
  value(name: string, args: readonly Value[] = [], options: RunOptions = {}): Value | undefined {
    return this.run(name, args, options).returns[0]?.value;
  }

  /** What the call fails with. Throws when it succeeds. */
  failure(name: string, args: readonly Value[] = [], options: RunOptions = {}): VmFailure {
    try {
      this.run(name, args, options);
    } catch (error) {
      if (isVmFailure(error)) return error;
      throw error;
    }
    throw new Error(`${name} did not fail`);
  }
}

export interface RunOptions {
  readonly world?: TestWorld;
  readonly typeArgs?: readonly TypeTag[];
  readonly budget?: number;
}

/** The module as JSON, for tests that damage it. */
export function editModule(bytes: Uint8Array, edit: (module: RawModule) => void): Uint8Array {
  const module = readModule(bytes);
  edit(module);
  return serialize(module);
}
