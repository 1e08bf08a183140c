import type { Random } from '../../conformance/history/random.ts';

export const FAULT_KINDS = ['kill', 'restart', 'pause', 'cut', 'break', 'outage', 'clock'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** What each kind does, for the help and the report. */
export const FAULT_WORDS: Record<FaultKind, string> = {
  kill: 'a process ends by SIGKILL and is started again',
  restart: 'a process is asked to stop and started again',
  pause: 'a process stands still (SIGSTOP, SIGCONT)',
  cut: 'a line between two parts passes nothing, and tells nobody',
  break: 'connections between two parts break off, again and again',
  outage: 'the chain refuses calls, or leaves them without an answer',
  clock: 'the clock of the chain steps forward',
};

/** A place where one kind of fault can strike. */
export interface Site {
  kind: FaultKind;
  /** Parts joined by `+`, a line as `from–to`, or a mode. */
  on: string;
}

export interface Fault extends Site {
  /** How long it lasts; for a clock the step. Milliseconds. */
  forMs: number;
  /** Nothing else is done for so long after it is over. */
  quietMs: number;
}

const DURATION: Record<FaultKind, readonly [number, number]> = {
  kill: [0, 1_500],
  restart: [0, 500],
  pause: [500, 4_000],
  cut: [500, 5_000],
  break: [500, 3_000],
  outage: [500, 5_000],
  clock: [500, 4_000],
};

/** Faults without an end: each site comes once before one comes again. The same seed and sites give the same plan. */
export function* faultPlan(random: Random, sites: readonly Site[]): Generator<Fault, never> {
  if (sites.length === 0) throw new RangeError('a plan needs at least one site');
  for (;;) {
    for (const site of random.shuffled(sites)) {
      const [least, most] = DURATION[site.kind];
      yield { ...site, forMs: random.between(least, most), quietMs: random.between(1_000, 3_000) };
    }
  }
}
