/** Time as the generator sees it. */
export interface LoadClock {
  /** Monotonic milliseconds. */
  now: () => number;
  /** Resolves after `ms`, at the earliest. */
  sleep: (ms: number) => Promise<void>;
}

export const REAL_CLOCK: LoadClock = {
  now: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** Between looks when no arrival can begin. */
const IDLE_MS = 5;
const LONGEST_SLEEP_MS = 50;

export interface OpenModelOptions {
  /** Arrivals a second. */
  rate: number;
  seconds: number;
  /** Arrivals under way at a time; further ones wait, and their latency goes on counting. */
  connections: number;
  /** Milliseconds after the last arrival until what has not ended is given up. */
  graceMs: number;
  /** Plays arrival `index`, which was meant to begin at `intended` on the clock. Must not throw. */
  play: (index: number, intended: number) => Promise<void>;
  clock?: LoadClock;
  signal?: AbortSignal;
}

export interface OpenModelResult {
  /** Arrivals that were due. */
  intended: number;
  /** Arrivals that got a connection. */
  played: number;
  /** On the clock. */
  started: number;
}

/**
 * Arrivals at a constant rate, however long the answers take: an open model. A stalled server does not slow it down;
 * what piles up meanwhile is counted from when it was meant to be sent, so no omission is coordinated with the server.
 */
export async function openModel(options: OpenModelOptions): Promise<OpenModelResult> {
  const { rate, seconds, connections, graceMs, play, clock = REAL_CLOCK, signal } = options;
  const total = Math.max(1, Math.round(rate * seconds));
  const gap = 1000 / rate;
  const started = clock.now();
  const deadline = started + seconds * 1000 + graceMs;
  const progress = { next: 0, ended: 0 };
  const free = (): boolean => progress.next < total && progress.next - progress.ended < connections;
  const one = async (index: number): Promise<void> => {
    await play(index, started + index * gap);
    progress.ended += 1;
    pump();
  };
  const pump = (): void => {
    const now = clock.now();
    while (free() && started + progress.next * gap <= now) void one(progress.next++);
  };
  const over = (): boolean =>
    progress.ended >= total || clock.now() >= deadline || (signal?.aborted ?? false);
  while (!over()) {
    pump();
    const due = free() ? started + progress.next * gap - clock.now() : IDLE_MS;
    await clock.sleep(Math.min(Math.max(due, 1), LONGEST_SLEEP_MS));
  }
  const played = progress.next;
  // What ends from now on begins nothing new.
  progress.next = total;
  // An interrupted run is not blamed on the server.
  return { intended: signal?.aborted ? played : total, played, started };
}
