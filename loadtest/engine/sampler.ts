import { usageOf, type Usage } from './process-usage.ts';

/** What one server used at one moment of a run. */
export interface UsageSample extends Usage {
  /** Seconds since the sampling began. */
  second: number;
}

const EVERY_MS = 500;

/** Watches processes while a load runs. */
export class Sampler implements AsyncDisposable {
  readonly #pids: ReadonlyMap<string, number>;
  readonly #samples = new Map<string, UsageSample[]>();
  readonly #began = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  private constructor(pids: ReadonlyMap<string, number>) {
    this.#pids = pids;
  }

  /** Takes a first sample of each process, by its name and process id, and then one twice a second. */
  static async start(pids: ReadonlyMap<string, number>): Promise<Sampler> {
    const sampler = new Sampler(pids);
    await sampler.#sample();
    sampler.#timer = setInterval(() => {
      sampler.#running = sampler.#running.then(() => sampler.#sample());
    }, EVERY_MS);
    return sampler;
  }

  samplesOf(name: string): readonly UsageSample[] {
    return this.#samples.get(name) ?? [];
  }

  /** Takes the last sample and ends. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#running;
    await this.#sample();
  }

  async #sample(): Promise<void> {
    const second = Math.round((performance.now() - this.#began) / 10) / 100;
    for (const [name, pid] of this.#pids) {
      const usage = await usageOf(pid);
      if (!usage) continue;
      const samples = this.#samples.get(name) ?? [];
      samples.push({ second, ...usage });
      this.#samples.set(name, samples);
    }
  }
}

/** Seconds of processor time between the first and the last sample. */
export function cpuUsed(samples: readonly UsageSample[]): number | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  return first && last && last !== first ? last.cpuSeconds - first.cpuSeconds : undefined;
}

/**
 * How steadily a value grows, a minute: the median of the slopes between all pairs of samples (Theil and Sen), which one
 * collection of garbage or one burst does not turn. Of the later two thirds, as every process grows while it warms up.
 */
export function growthPerMinute(
  samples: readonly UsageSample[],
  of: (sample: UsageSample) => number,
): number | undefined {
  const later = samples.slice(Math.floor(samples.length / 3));
  const slopes: number[] = [];
  later.forEach((one, index) => {
    for (const other of later.slice(index + 1)) {
      if (other.second > one.second) slopes.push(((of(other) - of(one)) / (other.second - one.second)) * 60);
    }
  });
  if (slopes.length === 0) return undefined;
  return slopes.toSorted((a, b) => a - b)[slopes.length >> 1];
}

/**
 * How fast the floor of a value rises, a minute: the lowest of the last third against the lowest of the third before it.
 * A runtime lets garbage lie for a minute and more, so that memory rises steadily although nothing leaks; what is left
 * after a collection tells.
 */
export function floorGrowthPerMinute(
  samples: readonly UsageSample[],
  of: (sample: UsageSample) => number,
): number | undefined {
  const third = Math.floor(samples.length / 3);
  if (third === 0) return undefined;
  const floor = (some: readonly UsageSample[]): UsageSample =>
    some.reduce((low, sample) => (of(sample) < of(low) ? sample : low));
  const earlier = floor(samples.slice(third, 2 * third));
  const later = floor(samples.slice(2 * third));
  return ((of(later) - of(earlier)) / (later.second - earlier.second)) * 60;
}
