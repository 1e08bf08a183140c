import type { Finding } from './findings.ts';
import type { Operation } from './operation.ts';

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: string;
  value: string;
  resourceVersion: string;
}

/** A stretch of watching without a gap: streams that were resumed where the one before broke off. */
export interface WatchSegment {
  /** resourceVersion it started after. */
  from: string;
  /** The last resourceVersion that the server said it had come to. */
  to: string;
  events: WatchEvent[];
}

/**
 * Compares what a watch told with the answers that writers got: every acknowledged write between the segment's ends is
 * there, nothing that nobody wrote is, and versions only rise.
 */
export function checkWatches(operations: readonly Operation[], segments: readonly WatchSegment[]): Finding[] {
  const written = new Map(
    operations.flatMap((one) =>
      one.value !== undefined && one.outcome !== 'fail' ? [[one.value, one] as const] : [],
    ),
  );
  return segments.flatMap((segment) => [
    ...outOfOrder(segment),
    ...outOfNowhere(segment, written),
    ...leftOut(segment, operations),
  ]);
}

function outOfOrder({ events }: WatchSegment): Finding[] {
  const findings: Finding[] = [];
  for (const [index, event] of events.entries()) {
    const before = events[index - 1];
    if (before === undefined || isAfter(event.resourceVersion, before.resourceVersion)) continue;
    findings.push(
      finding(
        `the watch told of ${event.object} at ${event.resourceVersion} after ${before.object} at ${before.resourceVersion}`,
      ),
    );
  }
  return findings;
}

function outOfNowhere({ events }: WatchSegment, written: ReadonlyMap<string, Operation>): Finding[] {
  return events
    .filter((event) => !written.has(event.value))
    .map((event) =>
      finding(`the watch told of ${event.value} in ${event.object}, which no accepted write wrote`),
    );
}

function leftOut({ from, to, events }: WatchSegment, operations: readonly Operation[]): Finding[] {
  const told = new Set(events.map((event) => event.value));
  return operations.flatMap((one) => {
    const version = one.observed?.resourceVersion;
    if (one.kind === 'read' || one.kind === 'delete' || one.outcome !== 'ok' || version === undefined)
      return [];
    if (!isAfter(version, from) || isAfter(version, to) || told.has(one.value ?? '')) return [];
    return [
      finding(
        `the watch from ${from} to ${to} left out ${one.kind} ${one.object} at ${version}, which was acknowledged`,
        [one.id],
      ),
    ];
  });
}

/** Whether one resourceVersion is after another; both are whole numbers. */
export function isAfter(version: string, other: string): boolean {
  return BigInt(version) > BigInt(other);
}

function finding(message: string, operations: number[] = []): Finding {
  return { rule: 'watch', message, operations };
}
