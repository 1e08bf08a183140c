import {
  checkAvailability,
  measureAvailability,
  type Availability,
  type Disturbance,
} from './availability.ts';
import { byDigest, checkEffects, checkEvents, learnFromChain, type ChainRequest } from './chain-facts.ts';
import type { Finding } from './findings.ts';
import { checkLinearizable } from './linearizable.ts';
import type { Operation } from './operation.ts';
import { checkVersions } from './versions.ts';
import { checkWatches, type WatchSegment } from './watch.ts';

/** All that was recorded of a run. */
export interface RunRecord {
  operations: Operation[];
  disturbances: Disturbance[];
  /** Every request that the chain announced during the run. */
  requests: ChainRequest[];
  /** Names of the objects that appends left, by the label of their operation. */
  appended: ReadonlyMap<string, readonly string[]>;
  watches: WatchSegment[];
  /** Workers whose Node was not Ready at the end. */
  lostNodes: string[];
}

export interface Judgement {
  verdict: 'consistent' | 'violated' | 'undecided';
  findings: Finding[];
  /** Objects whose history was too tangled to decide. */
  undecided: string[];
  /** Objects and acknowledged writes that were looked at. */
  objects: number;
  acknowledged: number;
  /** Operations whose outcome nobody knows, after the chain was asked. */
  unknown: number;
  availability: Availability;
  /** The operations with what the chain told of them. */
  operations: Operation[];
}

/** Judges a whole run. Pure. */
export function judge(run: RunRecord): Judgement {
  const requests = byDigest(run.requests);
  const operations = learnFromChain(run.operations, requests);
  const availability = measureAvailability(operations, run.disturbances);
  const registers = Map.groupBy(
    operations.filter((one) => one.kind !== 'append'),
    (one) => one.object,
  );
  const undecided: string[] = [];
  const findings: Finding[] = [];
  for (const [object, list] of registers) {
    // What failed for another reason than the object's state says nothing about it.
    const verdict = checkLinearizable(
      list.filter((one) => one.outcome !== 'fail' || one.refusal !== undefined),
    );
    if (verdict.kind === 'undecided') undecided.push(object);
    if (verdict.kind === 'violated') findings.push(unexplained(object, verdict));
  }
  findings.push(
    ...checkVersions(operations, run.watches),
    ...checkEvents(operations, requests),
    ...checkEffects(operations, run.appended),
    ...checkWatches(operations, run.watches),
    ...checkAvailability(availability, run.disturbances),
    ...run.lostNodes.map((node): Finding => ({
      rule: 'nodes',
      message: `the node ${node} is not Ready at the end`,
      operations: [],
    })),
  );
  const bad = findings.length > 0 ? 'violated' : undefined;
  return {
    verdict: bad ?? (undecided.length > 0 ? 'undecided' : 'consistent'),
    findings,
    undecided,
    objects: registers.size,
    acknowledged: operations.filter((one) => one.kind !== 'read' && one.outcome === 'ok').length,
    unknown: operations.filter((one) => one.kind !== 'read' && one.outcome === 'info').length,
    availability,
    operations,
  };
}

function unexplained(
  object: string,
  verdict: Extract<ReturnType<typeof checkLinearizable>, { kind: 'violated' }>,
): Finding {
  const there = verdict.state === undefined ? 'absent' : verdict.state;
  const stuck = verdict.stuck.map(
    (one) =>
      `${one.kind} → ${one.refusal ?? one.observed?.value ?? one.value ?? one.outcome} (operation ${one.id})`,
  );
  return {
    rule: 'linearizable',
    message: `${object}: after ${verdict.explained} operations it is ${there}, and none of these can come next: ${stuck.join(', ')}`,
    operations: verdict.stuck.map((one) => one.id),
  };
}
