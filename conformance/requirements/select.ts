import { UsageError } from '../errors.ts';
import type { Profile, Requirement } from './catalogue.ts';

/** Which requirements a run takes. Patterns are ids, or ids with `*` for any characters (`GW-AUTH-*`), or an area's name. */
export interface Selection {
  /** Only these profiles; all when absent or empty. */
  readonly profiles?: readonly Profile[];
  /** Only what matches one of these patterns. */
  readonly only?: readonly string[];
  /** Nothing that matches one of these patterns. */
  readonly exclude?: readonly string[];
}

/** A pattern of `only` or `exclude` matches no requirement: most likely a typing error, so it is refused. */
export class SelectionError extends UsageError {
  constructor(pattern: string, hint: string) {
    super(`"${pattern}" matches no requirement`, { hint });
  }
}

/**
 * The requirements that `selection` names, without those that cannot be observed; each under the profile as which it was
 * chosen, when that is not its first.
 */
export function selectRequirements(
  all: readonly Requirement[],
  { profiles = [], only = [], exclude = [] }: Selection,
): readonly Requirement[] {
  for (const pattern of [...only, ...exclude]) {
    if (!all.some((requirement) => matches(pattern, requirement))) {
      throw new SelectionError(pattern, nearest(pattern, all));
    }
  }
  return all
    .filter(
      (requirement) =>
        requirement.excluded === undefined &&
        (only.length === 0 || only.some((pattern) => matches(pattern, requirement))) &&
        !exclude.some((pattern) => matches(pattern, requirement)),
    )
    .flatMap((requirement) => chosenAs(requirement, profiles) ?? []);
}

function chosenAs(requirement: Requirement, profiles: readonly Profile[]): Requirement | undefined {
  if (profiles.length === 0 || profiles.includes(requirement.profile)) return requirement;
  const profile = requirement.also.find((one) => profiles.includes(one));
  return profile && Object.freeze({ ...requirement, profile });
}

function matches(pattern: string, { id, area }: Requirement): boolean {
  if (pattern === area) return true;
  const literal = pattern.toUpperCase().replaceAll(/[^A-Z0-9*-]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*')}$`).test(id);
}

function nearest(pattern: string, all: readonly Requirement[]): string {
  const prefix = pattern.toUpperCase().split('-').slice(0, 2).join('-');
  const close = all.filter(({ id }) => id.startsWith(prefix)).map(({ id }) => id);
  if (close.length > 0) return `Known: ${close.slice(0, 8).join(', ')}${close.length > 8 ? ', …' : ''}`;
  const prefixes = new Set(all.map(({ id }) => id.split('-').slice(0, 2).join('-')));
  return `Ids begin with ${[...prefixes].toSorted().join(', ')}`;
}
