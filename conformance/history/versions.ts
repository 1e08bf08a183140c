import type { Finding } from './findings.ts';
import type { Operation } from './operation.ts';
import type { WatchSegment } from './watch.ts';

/**
 * A value is written by one operation, so it has one resourceVersion for as long as it is there. A value seen at two
 * took effect twice; one resourceVersion of two values is no version.
 */
export function checkVersions(
  operations: readonly Operation[],
  watches: readonly WatchSegment[] = [],
): Finding[] {
  const findings: Finding[] = [];
  const versions = new Map<string, { value: string; resourceVersion: string; by: number[] }>();
  /** Answers whether it fits what is known. */
  const note = (key: string, value: string, resourceVersion: string, by: number[]): boolean => {
    const known = versions.get(key);
    if (!known) {
      versions.set(key, { value, resourceVersion, by });
    } else if (known.resourceVersion !== resourceVersion || known.value !== value) {
      findings.push({
        rule: 'versions',
        message:
          known.value === value
            ? `${value} was seen at resourceVersion ${known.resourceVersion} and again at ${resourceVersion}`
            : `resourceVersion ${resourceVersion} was seen with ${known.value} and with ${value}`,
        operations: [...new Set([...known.by, ...by])],
      });
      return false;
    }
    return true;
  };
  const noteBoth = (object: string, value: string, version: string, by: number[]): void => {
    const fits = note(`${object} value ${value}`, value, version, by);
    if (fits) note(`${object} version ${version}`, value, version, by);
  };
  for (const { id, object, observed, kind } of operations) {
    if (observed && kind !== 'append') noteBoth(object, observed.value, observed.resourceVersion, [id]);
  }
  for (const event of watches.flatMap((segment) => segment.events)) {
    if (event.type !== 'DELETED') noteBoth(event.object, event.value, event.resourceVersion, []);
  }
  return findings;
}
