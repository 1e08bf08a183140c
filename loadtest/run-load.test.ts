import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { daas } from '../conformance/testing/daas.ts';
import type { Report } from '../conformance/report/model.ts';
import { chooseScenarios, engineFor } from './run-load.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { availability } from './scenarios/leader-crash.ts';
import { throughputMeasure } from './scenarios/reads.ts';
import { copiesMeasure } from './scenarios/replays.ts';
import { failedAuthentications } from './scenarios/writes.ts';
import type { Measure } from './scenarios/scenario.ts';
import type { TrafficResult } from './engine/traffic.ts';

function result(changes: Partial<TrafficResult>): TrafficResult {
  const times = { p50_ms: 1, p90_ms: 1, p95_ms: 1, p99_ms: 1, p999_ms: 1, max_ms: 1 };
  const counts = { intended: 100, served: 100, failed: 0, statuses: {}, per_second: 10 };
  return { name: 'x', title: 'x', rate: 10, seconds: 10, ...counts, ...times, series: [], ...changes };
}

const names = (scenarios: string[], full: boolean, features: string[] = []): string[] =>
  chooseScenarios({ scenarios, full, target: { file: { features } } }).map(({ name }) => name);

/** With as much processor time for each request of server and generator. */
const at = (perSecond: number, server: number, generator: number, cores: number): Measure =>
  throughputMeasure(perSecond, {
    server: server / 1000,
    generator: generator / 1000,
    pinned: false,
    cores,
    wanted: 10_000,
  });

describe('choosing', () => {
  it('leaves the long ones to --full and to their names', () => {
    expect(names([], false)).not.toContain('ten-thousand-pods');
    expect(names([], true, ['HighAvailability'])).toEqual(SCENARIOS.map(({ name }) => name));
    expect(names(['ten-thousand-pods'], false)).toEqual(['ten-thousand-pods']);
    expect(() => names(['replay'], false)).toThrow('there is no scenario "replay"');
  });

  it('leaves out what needs a feature that the target does not claim, and refuses to play it', () => {
    expect(names([], true)).not.toContain('leader-crash');
    expect(names(['leader-crash'], false, ['HighAvailability'])).toEqual(['leader-crash']);
    expect(() => names(['leader-crash'], false)).toThrow('for targets with the feature HighAvailability');
  });

  it('takes the engine asked for where the scenario has it, and what is there', () => {
    const [both, one] = ['api-reads', 'slow-clients'].map((name) =>
      SCENARIOS.find((scenario) => scenario.name === name)!,
    );
    expect([engineFor(both!, undefined, true), engineFor(both!, undefined, false)]).toEqual([
      'k6',
      'builtin',
    ]);
    expect([engineFor(both!, 'builtin', true), engineFor(one!, 'k6', true)]).toEqual(['builtin', 'builtin']);
  });
});

describe('what is measured', () => {
  it('of copies is how many passed, and says what is wrong', () => {
    const statuses = { 200: 3, 401: 97 };
    const measure = copiesMeasure(result({ statuses, served: 97, failed: 3 }));
    expect(measure).toMatchObject({ metric: 'copies_accepted', value: 3 });
    expect(measure.note).toContain('3 of 100 copies of one message were accepted, not exactly one');
  });

  it('of authentication is the share refused for the credential, in percent', () => {
    const statuses = { 200: 1997, 401: 2, 403: 1, 504: 0 };
    expect(failedAuthentications(result({ statuses, intended: 2000 })).value).toBe(0.15);
  });

  it('of availability counts all traffics together, and is never rounded up', () => {
    const of = (served: number) =>
      availability([result({ intended: 5_000, served }), result({})], 'one crash');
    expect(of(5_000)).toMatchObject({
      metric: 'availability',
      value: 100,
      note: expect.stringContaining('5100'),
    });
    expect(of(4_995).value).toBe(99.901);
    expect(availability([result({ intended: 1_000_000, served: 999_999 })], '').value).toBe(99.999);
  });

  it('of throughput is untestable only where the cores could not do it', () => {
    expect(at(2700, 0.12, 0.09, 2).untestable).toContain('1.2 cores for the server');
    expect(at(2700, 0.09, 0.12, 2).untestable).toContain('1.2 for the generator');
    expect(at(2700, 0.09, 0.1, 2).untestable).toBeUndefined();
    expect(at(2700, 0.12, 0.12, 8).untestable).toBeUndefined();
    expect(at(11_000, 0.12, 0.12, 2).untestable).toBeUndefined();
  });
});

describe('daas load', () => {
  it('loads the bundled reference and judges what it measured', { timeout: 120_000 }, async () => {
    const dir = await mkdtemp(join(tmpdir(), 'load-test-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    const asked = ['--scenario', 'mixed', '--engine', 'builtin', '--rate', '2', '--duration', '2'];
    const { code, stderr } = await daas([
      'load',
      ...asked,
      '--report-dir',
      dir,
      '--format',
      'none',
      '--seed',
      '7',
    ]);
    expect(code, stderr).toBe(0);
    const report = JSON.parse(await readFile(join(dir, 'report.json'), 'utf8')) as Report;
    expect(report).toMatchObject({ outcome: 'conformant', seed: 7, counts: { pass: 1, fail: 0 } });
    expect(report.requirements[0]?.checks.map(({ id }) => id)).toEqual(['LD-ERR-001/mixed']);
    expect(report.load?.scenarios[0]?.traffics[0]).toMatchObject({ name: 'sessions', intended: 28 });
  });

  it('ends what it started when it is interrupted', { timeout: 60_000 }, async () => {
    const asked = ['--scenario', 'mixed', '--engine', 'builtin', '--duration', '60'];
    const { code, stderr } = await daas(['load', ...asked], { interruptAfter: /1\/1 mixed/ });
    expect([code, stderr.includes('interrupted')], stderr).toEqual([3, true]);
  });

  it('refuses what it does not know, and says what there is', { timeout: 60_000 }, async () => {
    for (const [args, words] of [
      [['--scenario', 'replay'], 'scenarios are idle-memory'],
      [['--engine', 'jmeter'], 'engines are k6, builtin'],
      [['--rate', 'fast'], '--rate fast is not a number'],
      [['--prepare', 'x', '--scenario', 'slow-clients'], 'that k6 can play'],
    ] as const) {
      const { code, stderr } = await daas(['load', ...args]);
      expect([code, stderr.includes(words)], stderr).toEqual([2, true]);
    }
  });

  it('explains itself', async () => {
    const { code, stdout } = await daas(['load', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('replay-flood');
    expect(stdout).toContain('Exit code: 0');
  });
});
