import { describe, expect, it } from 'vitest';
import { Latencies } from './latencies.ts';
import { openModel, type LoadClock } from './open-model.ts';

/** Time that passes only when somebody waits for it. */
class VirtualClock implements LoadClock {
  #now = 0;
  readonly #waiting: { at: number; wake: () => void }[] = [];

  now = (): number => this.#now;

  sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      this.#waiting.push({ at: this.#now + ms, wake: resolve });
    });

  /** Lets time pass until `done`; who waits is woken in the order of time. */
  async run<T>(work: Promise<T>): Promise<T> {
    const state = { over: false };
    const ended = work.finally(() => {
      state.over = true;
    });
    while (!state.over) {
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      this.#waiting.sort((one, other) => one.at - other.at);
      const next = this.#waiting.shift();
      if (!next) continue;
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    return ended;
  }
}

/** A server that answers in 1 ms, but stands still from `stallFrom` to `stallTo`. */
function stalling(clock: VirtualClock, stallFrom: number, stallTo: number) {
  return async (): Promise<void> => {
    const now = clock.now();
    await clock.sleep(now >= stallFrom && now < stallTo ? stallTo - now : 1);
  };
}

async function measure(options: { connections: number; stallMs: number }) {
  const clock = new VirtualClock();
  const latencies = new Latencies();
  const server = stalling(clock, 1000, 1000 + options.stallMs);
  const result = await clock.run(
    openModel({
      rate: 100,
      seconds: 4,
      connections: options.connections,
      graceMs: 10_000,
      clock,
      play: async (_, intended) => {
        await server();
        latencies.record(clock.now() - intended);
      },
    }),
  );
  return { latencies, result };
}

describe('the open model', () => {
  it('sends at its rate while the server is quick', async () => {
    const { latencies, result } = await measure({ connections: 10, stallMs: 0 });
    expect(result).toMatchObject({ intended: 400, played: 400 });
    expect(latencies.percentile(0.99)).toBeLessThan(5);
  });

  it('shows a stall of a second in p99, also over one connection, where a closed loop would send one slow request', async () => {
    for (const connections of [1, 200]) {
      const { latencies } = await measure({ connections, stallMs: 1000 });
      expect(latencies.served).toBe(400);
      expect(latencies.percentile(0.99)).toBeGreaterThan(900);
      // A quarter of all was meant to be sent while nothing went on.
      expect(latencies.percentile(0.8)).toBeGreaterThan(150);
      expect(latencies.percentile(0.5)).toBeLessThan(20);
    }
  });

  it('gives up at the end of the grace what a dead server never answers', async () => {
    const clock = new VirtualClock();
    const result = await clock.run(
      openModel({
        rate: 10,
        seconds: 2,
        connections: 4,
        graceMs: 500,
        clock,
        play: () => new Promise(() => undefined),
      }),
    );
    expect(result).toMatchObject({ intended: 20, played: 4 });
    expect(clock.now()).toBeLessThan(3000);
  });

  it('ends at once when it is interrupted, and blames nobody for what was not sent', async () => {
    const clock = new VirtualClock();
    const controller = new AbortController();
    const result = await clock.run(
      openModel({
        rate: 100,
        seconds: 100,
        connections: 4,
        graceMs: 500,
        clock,
        signal: controller.signal,
        play: async (index) => {
          if (index === 9) controller.abort();
          await clock.sleep(1);
        },
      }),
    );
    expect(result.intended).toBe(result.played);
    expect(result.played).toBeLessThan(20);
  });
});
