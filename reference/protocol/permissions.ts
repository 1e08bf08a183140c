/** What a request needs: `<resource>:read` or `<resource>:write`. */
export type Permission = `${string}:${'read' | 'write'}`;

const EVERYTHING = '*:*';

/**
 * True when `held` has exactly `required`, or the administrator's `*:*`. Nothing else implies
 * anything: not write read, no prefix, no `pods:*`.
 */
export function permits(held: readonly string[], required: Permission): boolean {
  return held.includes(required) || held.includes(EVERYTHING);
}
