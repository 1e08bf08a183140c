import type { TrafficPlan, TrafficResult } from '../engine/traffic.ts';
import type { Stage } from '../stage.ts';

export const ENGINES = ['k6', 'builtin'] as const;
export type EngineName = (typeof ENGINES)[number];

/** What a scenario found under a metric's name of the catalogue. */
export interface Measure {
  metric: string;
  /** In the unit of the catalogue's figure; null where failures leave nothing to measure. */
  value: number | null;
  /** More than the number, for the report. */
  note?: string;
  /** Why this machine cannot show whether the figure is held, when it cannot. */
  untestable?: string;
}

export interface Scale {
  /** Each figure at its full size, not the short run of everything. */
  full: boolean;
  /** Arrivals a second of the main traffic: what the user asked for, else the size that fits. */
  rate: (smoke: number, full: number) => number;
  /** How long it lasts. */
  seconds: (smoke: number, full: number) => number;
  size: (smoke: number, full: number) => number;
}

/** Sends a plan with the engine of this run; a scenario calls it once. */
export type Play = (plan: TrafficPlan) => Promise<TrafficResult[]>;

export interface ScenarioOutcome {
  traffics: readonly TrafficResult[];
  measures: readonly Measure[];
  notes?: readonly string[];
}

export interface Scenario {
  /** Names its k6 script, too. */
  name: string;
  title: string;
  /** Engines that can play it, the preferred one first. */
  engines: readonly EngineName[];
  /** Takes minutes: only when asked for by name or with --full. */
  long?: boolean;
  /** Played at targets that claim this feature, no others. */
  feature?: string;
  run: (stage: Stage, scale: Scale, play: Play) => Promise<ScenarioOutcome>;
}

export function resultOf(traffics: readonly TrafficResult[], name: string): TrafficResult {
  const found = traffics.find((traffic) => traffic.name === name);
  if (!found) throw new Error(`the engine gave no result of ${name}`);
  return found;
}

/** Sizes by what was asked for. */
export function scaleOf(options: { full: boolean; rate?: number; seconds?: number }): Scale {
  const pick = (smoke: number, full: number): number => (options.full ? full : smoke);
  return {
    full: options.full,
    rate: (smoke, full) => options.rate ?? pick(smoke, full),
    seconds: (smoke, full) => options.seconds ?? pick(smoke, full),
    size: pick,
  };
}

/** The part of a measure that says why it cannot be judged, if there is a reason. */
export function untestableIf(reason: string | false): { untestable?: string } {
  return reason === false ? {} : { untestable: reason };
}
