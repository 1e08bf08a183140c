const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** True for a DNS-1123 label: 1 to 63 of a-z, 0-9 and '-', with no '-' at either end. */
export function isNodeId(value: unknown): value is string {
  return typeof value === 'string' && LABEL.test(value);
}
