import type { Profile } from '../../requirements/catalogue.ts';

/** What the reference is made of, beside the chain. */
export const PARTS = ['gateway', 'master', 'worker'] as const;
export type Part = (typeof PARTS)[number];

/** What most checks of a profile get by with; the others say that they are untestable there. */
const ENOUGH: Partial<Record<Profile, readonly Part[]>> = {
  contracts: [],
  worker: ['worker'],
  master: ['master', 'worker'],
};

/** The parts that have to run for checks of these profiles: starting the others would be most of a run's cost. */
export function partsFor(profiles: readonly Profile[]): Part[] {
  return PARTS.filter((part) => profiles.some((profile) => (ENOUGH[profile] ?? PARTS).includes(part)));
}
