import { describe, expect, it } from 'vitest';
import { Ajv2020 } from 'ajv/dist/2020.js';
import schema from '../../schemas/report.schema.json' with { type: 'json' };
import { aReport } from '../fixtures.ts';
import type { LoadScenario, Report } from '../model.ts';
import { lineChart, niceTop } from './charts.ts';
import { renderHtml } from './index.ts';

const SCENARIO: LoadScenario = {
  name: 'api-reads',
  title: 'Reads <at> the master',
  engine: 'builtin',
  traffics: [
    {
      name: 'reads',
      title: 'reads',
      rate: 100,
      seconds: 3,
      intended: 300,
      served: 299,
      failed: 1,
      statuses: { 0: 1, 200: 299 },
      per_second: 99.7,
      p50_ms: 1.5,
      p90_ms: 2,
      p95_ms: 3,
      p99_ms: 4.25,
      p999_ms: null,
      max_ms: null,
      series: [
        { second: 0, answered: 100, failed: 0, p50_ms: 1, p99_ms: 3 },
        { second: 1, answered: 0, failed: 1, p50_ms: null, p99_ms: null },
        { second: 2, answered: 199, failed: 0, p50_ms: 2, p99_ms: 8 },
      ],
    },
  ],
  cpu_ms_per_request: { master: 0.13 },
  memory: [
    { part: 'master', second: 0, mb: 100 },
    { part: 'master', second: 1, mb: 110 },
  ],
  generator_lag_ms: 0.4,
  notes: ['a note'],
};

const report = (): Report => ({
  ...aReport('pass'),
  load: { machine: '2 cores', full: false, scenarios: [SCENARIO] },
});

const line = (points: [number, number | null][]): string =>
  String(lineChart('t', 'ms', [{ name: 'p50', style: 'one', points }]) ?? '');

describe('load in the report', () => {
  it('is shown with its figures and charts, and fits the schema', () => {
    const page = renderHtml(report());
    for (const text of [
      'Reads &lt;at&gt; the master',
      '4.25 ms',
      '1 × none',
      'a note',
      '0.13 ms of processor time',
      '2 cores',
    ])
      expect(page).toContain(text);
    expect(page.match(/<svg /g)).toHaveLength(3);
    const validate = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);
    expect(validate(report()), JSON.stringify(validate.errors)).toBe(true);
  });

  it('is absent from other reports', () => {
    expect(renderHtml(aReport('pass'))).not.toContain('Under load');
  });
});

describe('a chart', () => {
  it('interrupts its line where there is no value, and keeps within its frame', () => {
    const drawn = line([
      [0, 10],
      [1, null],
      [2, 20],
      [3, 0],
    ]);
    const path = /d="([^"]+)"/.exec(drawn)?.[1] ?? '';
    expect(path.match(/M/g)).toHaveLength(2);
    const numbers = path.match(/[\d.]+/g)?.map(Number) ?? [];
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThanOrEqual(520);
  });

  it('is not drawn of a single value', () => {
    expect(line([[0, 1]])).toBe('');
  });

  it('ends its scale at a round value', () => {
    expect([0, 0.3, 1, 13, 50, 51, 999].map(niceTop)).toEqual([1, 0.5, 1, 20, 50, 100, 1000]);
  });
});
