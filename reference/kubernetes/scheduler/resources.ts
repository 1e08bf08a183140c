import type { Node, Pod } from '../meta/objects.ts';
import { quantityOf } from '../quantity.ts';

/** What a pod takes and a node has; cpu in thousandths of a core, memory in bytes. */
export interface Amounts {
  cpu: number;
  memory: number;
  pods: number;
}

const NANO_PER_MILLI = 1_000_000n;
const NANO_PER_UNIT = 1_000_000_000n;
const DEFAULT_PODS = 110;
const requests = new WeakMap<Pod['spec'], Amounts>();

const milli = (text: string | undefined): number =>
  Number((quantityOf(text) + NANO_PER_MILLI - 1n) / NANO_PER_MILLI);
const whole = (text: string | undefined): number =>
  Number((quantityOf(text) + NANO_PER_UNIT - 1n) / NANO_PER_UNIT);

/** The sum of a pod's containers, or its greediest init container if that takes more. */
export function requestsOf({ spec }: Pod): Amounts {
  const known = requests.get(spec);
  if (known !== undefined) return known;
  const amounts: Amounts = { cpu: 0, memory: 0, pods: 1 };
  for (const { cpu, memory } of eachOf(spec.containers)) {
    amounts.cpu += cpu;
    amounts.memory += memory;
  }
  for (const { cpu, memory } of eachOf(spec.initContainers)) {
    amounts.cpu = Math.max(amounts.cpu, cpu);
    amounts.memory = Math.max(amounts.memory, memory);
  }
  requests.set(spec, amounts);
  return amounts;
}

function eachOf(containers: Pod['spec']['containers'] | undefined): Amounts[] {
  return (containers ?? []).map(({ resources }) => ({
    cpu: milli(resources?.requests?.['cpu']),
    memory: whole(resources?.requests?.['memory']),
    pods: 0,
  }));
}

/** What pods may take of a node. */
export function allocatableOf({ status }: Node): Amounts {
  const source = status?.allocatable ?? status?.capacity ?? {};
  const slots = source['pods'];
  return {
    cpu: milli(source['cpu']),
    memory: whole(source['memory']),
    pods: slots === undefined ? DEFAULT_PODS : whole(slots),
  };
}

const ENDED = new Set(['Succeeded', 'Failed']);

/** How much of each node is taken, by every pod bound to it that has not ended. */
export class Usage {
  readonly #pods = new Map<string, { node: string; amounts: Amounts; revision: number }>();
  readonly #nodes = new Map<string, Amounts>();

  of(node: string): Readonly<Amounts> {
    return this.#nodes.get(node) ?? { cpu: 0, memory: 0, pods: 0 };
  }

  /** Takes note of a pod's newest state; an older one than that is already known does not count. */
  set(key: string, pod: Pod): void {
    const revision = Number(pod.metadata.resourceVersion ?? 0);
    const known = this.#pods.get(key);
    if (known !== undefined && known.revision > revision) return;
    this.delete(key);
    const { nodeName } = pod.spec;
    if (nodeName === undefined || ENDED.has(pod.status?.phase ?? '')) return;
    const amounts = requestsOf(pod);
    this.#pods.set(key, { node: nodeName, amounts, revision });
    this.#add(nodeName, amounts, 1);
  }

  delete(key: string): void {
    const known = this.#pods.get(key);
    if (known === undefined) return;
    this.#pods.delete(key);
    this.#add(known.node, known.amounts, -1);
  }

  #add(node: string, amounts: Amounts, sign: 1 | -1): void {
    const sum = this.#nodes.get(node) ?? { cpu: 0, memory: 0, pods: 0 };
    sum.cpu += sign * amounts.cpu;
    sum.memory += sign * amounts.memory;
    sum.pods += sign * amounts.pods;
    this.#nodes.set(node, sum);
  }
}
