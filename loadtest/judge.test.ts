import { describe, expect, it } from 'vitest';
import { aRequirement } from '../conformance/report/fixtures.ts';
import { buildReport } from '../conformance/report/build.ts';
import { loadCatalogue, type Figure } from '../conformance/requirements/catalogue.ts';
import { holds, judgeAll, problemsOf, wordsOf, type Played } from './judge.ts';

const FIGURE: Figure = { metric: 'api_read_p99', is: 'below', value: 50, unit: 'ms' };
const READS = aRequirement('LD-LAT-001', { profile: 'load', figure: FIGURE });

function played(scenario: string, value: number | null, more: { untestable?: string } = {}): Played {
  return { scenario, durationMs: 7, measures: [{ metric: 'api_read_p99', value, ...more }] };
}

describe('figures', () => {
  it('compare as they say, the limit itself included or not', () => {
    const at = (is: Figure['is'], measured: number): boolean => holds({ ...FIGURE, is }, measured);
    expect([at('below', 49.9), at('below', 50), at('at_most', 50), at('at_most', 50.1)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect([at('above', 50), at('above', 50.1), at('at_least', 50), at('at_least', 49.9)]).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect([at('equal_to', 50), at('equal_to', 49)]).toEqual([true, false]);
    expect(wordsOf({ ...FIGURE, is: 'at_least', value: 10_000, unit: 'workers' })).toBe(
      'at least 10,000 workers',
    );
  });
});

describe('joining the report', () => {
  it('makes a check of each scenario that measured the figure; the worst decides', () => {
    const all = [played('api-reads', 12), played('replay-flood', 80)];
    const { planned, results } = judgeAll([READS], all);
    expect(planned.map(({ id }) => id)).toEqual(['LD-LAT-001/api-reads', 'LD-LAT-001/replay-flood']);
    expect(results.map(({ verdict }) => verdict)).toEqual(['pass', 'fail']);
    expect(results[1]?.message).toContain('below 50 ms is wanted, 80 ms was measured');
    const report = buildReport({
      suite: { name: 'suite', version: '1' },
      target: { name: 'target', features: [], chain: 'embedded' },
      seed: 1,
      repeat: 1,
      strict: false,
      startedAt: new Date(0),
      durationMs: 1,
      environment: { node: 'v26', platform: 'linux', cores: 2, missing: [] },
      catalogue: { requirements: [READS] },
      selected: [READS],
      planned,
      results,
      faults: problemsOf(all),
    });
    expect(report).toMatchObject({ outcome: 'not_conformant', counts: { fail: 1, pass: 0 } });
  });

  it('never takes failures for speed', () => {
    expect(judgeAll([READS], [played('a', null)]).results[0]).toMatchObject({ verdict: 'fail' });
  });

  it('says untestable where the machine cannot show it, and still passes what is held', () => {
    const cannot = { untestable: 'two cores' };
    const { results } = judgeAll([READS], [played('a', 80, cannot), played('b', 12, cannot)]);
    expect(results.map(({ verdict, message }) => [verdict, message])).toEqual([
      ['untestable', 'two cores'],
      ['pass', undefined],
    ]);
  });

  it('is red for a scenario that broke off', () => {
    expect(
      problemsOf([{ scenario: 'soak', durationMs: 0, measures: [], failure: new Error('no chain') }]),
    ).toEqual(['the scenario soak broke off: no chain']);
  });

  it('has a figure for each requirement of the load profile but those about something else', async () => {
    const { requirements } = await loadCatalogue();
    const without = requirements.filter(({ profile, figure }) => profile === 'load' && !figure);
    expect(without.map(({ id }) => id)).toEqual(['LD-COV-001']);
  });
});
