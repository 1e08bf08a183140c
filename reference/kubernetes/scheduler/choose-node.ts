import type { Node, Pod } from '../meta/objects.ts';
import { filters, tolerates, type Filter } from './filters.ts';
import type { Usage } from './resources.ts';
import { allocatableOf, requestsOf } from './resources.ts';

/** Annotation of a node: what its owner has at stake, in MIST. */
export const STAKE_ANNOTATION = 'k3s-daas.dev/stake-mist';

/** How the scheduler goes about its work; these may be replaced one by one. */
export interface SchedulingRules {
  /** What a node must stand up to, in this order. */
  filters: readonly Filter[];
  /** Whether the left one is the better of two nodes that can take a pod. */
  better: (left: Candidate, right: Candidate) => boolean;
  /** Whether a pod that fits nowhere says why. */
  explains: boolean;
  /** Whether pods that wait are looked at again when nodes or pods change. */
  retries: boolean;
}

export type Choice = { node: string } | { message: string };

/** The node for a pod: of those that can take it the least loaded, then the one with the highest stake. */
export function chooseNode(
  pod: Pod,
  nodes: Iterable<Node>,
  usage: Usage,
  rules: Pick<SchedulingRules, 'filters' | 'better'> = schedulingRules,
): Choice {
  const objections = new Map<string, number>();
  let best: { node: Node; load: number; stake: bigint } | undefined;
  let count = 0;
  for (const node of nodes) {
    count += 1;
    const used = usage.of(node.metadata.name);
    const objection = firstObjection(pod, node, used, rules.filters);
    if (objection !== undefined) {
      objections.set(objection, (objections.get(objection) ?? 0) + 1);
      continue;
    }
    const candidate = { node, load: loadOf(pod, node, usage), stake: stakeOf(node) };
    if (best === undefined || rules.better(candidate, best)) best = candidate;
  }
  return best === undefined ? { message: explain(count, objections) } : { node: best.node.metadata.name };
}

function firstObjection(
  pod: Pod,
  node: Node,
  used: Parameters<Filter>[2],
  all: readonly Filter[],
): string | undefined {
  for (const filter of all) {
    const objection = filter(pod, node, used);
    if (objection !== undefined) return objection;
  }
  return undefined;
}

/** A node that can take a pod. */
export interface Candidate {
  node: Node;
  /** Whole percent. */
  load: number;
  /** MIST. */
  stake: bigint;
}

function isBetter(left: Candidate, right: Candidate): boolean {
  if (left.load !== right.load) return left.load < right.load;
  if (left.stake !== right.stake) return left.stake > right.stake;
  return left.node.metadata.name < right.node.metadata.name;
}

export const schedulingRules: SchedulingRules = { filters, better: isBetter, explains: true, retries: true };

/** Mean load in whole percent once the pod is there; small differences shall leave the word to the stake. */
function loadOf(pod: Pod, node: Node, usage: Usage): number {
  const used = usage.of(node.metadata.name);
  const wanted = requestsOf(pod);
  const total = allocatableOf(node);
  const mean =
    (share(used.cpu + wanted.cpu, total.cpu) +
      share(used.memory + wanted.memory, total.memory) +
      share(used.pods + 1, total.pods)) /
    3;
  // Taints that only ask to stay away weigh as much as a full node.
  const avoided = (node.spec?.taints ?? []).filter(
    (taint) => taint.effect === 'PreferNoSchedule' && !tolerates(pod.spec.tolerations, taint),
  );
  return Math.round(mean * 100) + avoided.length * 100;
}

const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 1);

function stakeOf({ metadata }: Node): bigint {
  const text = metadata.annotations?.[STAKE_ANNOTATION] ?? '';
  return /^\d{1,20}$/u.test(text) ? BigInt(text) : 0n;
}

function explain(count: number, objections: ReadonlyMap<string, number>): string {
  if (count === 0) return 'no nodes available to schedule pods';
  const parts = [...objections].map(([objection, number]) => `${number} ${objection}`).toSorted();
  return `0/${count} nodes are available: ${parts.join(', ')}.`;
}
