import { describe, expect, it } from 'vitest';
import { loadBundled } from '../../conformance/target/bundled.ts';
import type { Rule } from '../../conformance/history/findings.ts';
import { runFaults } from './run.ts';

const TEST_MS = 120_000;

/** A short run in which the master alone is killed, again and again. */
async function run(mutant?: string) {
  return runFaults({
    target: await loadBundled(),
    seed: 3,
    durationMs: 9_000,
    clients: 4,
    workers: 0,
    kinds: ['kill'],
    on: ['master'],
    env: mutant === undefined ? {} : { K3S_DAAS_MUTANT: mutant },
    keep: false,
    signal: new AbortController().signal,
    step: () => undefined,
    onFault: () => undefined,
  });
}

describe('kills of the master', () => {
  it(
    'harm the reference in no way',
    async () => {
      const { judgement, faults } = await run();
      expect(judgement.findings).toEqual([]);
      expect(judgement.verdict).toBe('consistent');
      expect(faults.length).toBeGreaterThan(0);
      expect(judgement.acknowledged).toBeGreaterThan(10);
    },
    TEST_MS,
  );

  it.each<[string, Rule[]]>([
    ['acknowledged-before-log', ['linearizable', 'versions', 'effects', 'watch']],
    ['event-twice', ['versions', 'effects', 'linearizable']],
    ['crash-loses-writes', ['linearizable', 'effects']],
  ])(
    'show the defect %s',
    async (mutant, rules) => {
      const { judgement } = await run(mutant);
      expect(judgement.verdict).toBe('violated');
      const broken = new Set(judgement.findings.map(({ rule }) => rule));
      expect(rules.filter((rule) => broken.has(rule))).not.toEqual([]);
    },
    TEST_MS,
  );
});
