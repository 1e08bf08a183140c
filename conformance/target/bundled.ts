import { join } from 'node:path';
import { PACKAGE_ROOT } from '../paths.ts';
import { loadTarget, type LoadedTarget } from './load.ts';

/** The target file of the reference that ships with the suite. */
export function loadBundled(): Promise<LoadedTarget> {
  return loadTarget(join(PACKAGE_ROOT, 'conformance/target/bundled/target.yaml'));
}
