import { join } from 'node:path';
import { PACKAGE_ROOT } from '../paths.ts';
import { loadTarget, type LoadedTarget } from './load.ts';

/** The usual target of the reference, and the one with two masters that share an etcd. */
export type BundledName = 'target' | 'ha';

/** A target file of the reference that ships with the suite. */
export function loadBundled(name: BundledName = 'target'): Promise<LoadedTarget> {
  return loadTarget(join(PACKAGE_ROOT, 'conformance/target/bundled', `${name}.yaml`));
}
