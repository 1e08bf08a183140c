import { UsageError } from '../errors.ts';

/** Values for `{{name}}` placeholders; a name is made of words joined by dots. */
export type Values = ReadonlyMap<string, string>;

const PLACEHOLDER = /\{\{\s*([a-z0-9_.]+)\s*\}\}/gi;

/** Fills the placeholders of one string. Throws UsageError naming an unknown placeholder and the known ones. */
export function fill(template: string, values: Values, where: string): string {
  return template.replace(PLACEHOLDER, (whole, name: string) => {
    const value = values.get(name);
    if (value !== undefined) return value;
    const known = [...values.keys()].toSorted().join(', ');
    throw new UsageError(`${where}: there is no value for ${whole}`, {
      hint: `placeholders that can be used here: ${known}`,
    });
  });
}

/** Adds values without touching the map given. */
export function withValues(values: Values, more: Record<string, string | number | undefined>): Values {
  const merged = new Map(values);
  for (const [name, value] of Object.entries(more)) if (value !== undefined) merged.set(name, String(value));
  return merged;
}
