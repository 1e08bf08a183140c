import type { Catalogue } from '../../requirements/catalogue.ts';
import type { Check } from '../../runner/check.ts';
import { runs } from '../../runner/equipment.ts';
import type { BundledName } from '../../target/bundled.ts';

/**
 * The target on which a mutant is judged by these checks: the pair of masters when nothing else can show what is wrong with
 * it, the usual one otherwise, where checks of a pair are skipped.
 */
export function targetFor(guards: readonly Check[], catalogue: Catalogue): BundledName {
  const ofPair = guards.filter(
    ({ requirement }) => catalogue.byId(requirement).feature === 'HighAvailability',
  );
  return guards.length > 0 && ofPair.length === guards.length ? 'ha' : 'target';
}

let etcd: Promise<boolean> | undefined;

/** What this machine lacks for that target; undefined when it has everything. */
export async function lacking(target: BundledName): Promise<string | undefined> {
  if (target === 'target') return undefined;
  etcd ??= runs('etcd', ['--version']);
  return (await etcd) ? undefined : 'no etcd on PATH, which a pair of masters shares';
}
