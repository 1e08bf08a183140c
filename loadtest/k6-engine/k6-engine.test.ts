import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadCatalogue, type Figure } from '../../conformance/requirements/catalogue.ts';
import { SCENARIOS } from '../scenarios/index.ts';
import type { TrafficPlan } from '../engine/traffic.ts';
import { findK6 } from './find.ts';
import { k6Input, thresholdsOf } from './input.ts';
import { scriptOf } from './play.ts';
import { trafficResult, type K6TrafficSummary } from './result.ts';

async function folderWith(name: string, mode: number): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'k6-test-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  await writeFile(join(dir, name), '');
  await chmod(join(dir, name), mode);
  return dir;
}

const figure = (metric: string, is: Figure['is'], value: number, unit: string): Figure => ({
  metric,
  is,
  value,
  unit,
});

describe('finding k6', () => {
  it('takes what K6 names before what PATH has', async () => {
    const [named, found] = [await folderWith('other', 0o755), await folderWith('k6', 0o755)];
    expect(await findK6({ K6: join(named, 'other'), PATH: found })).toBe(join(named, 'other'));
    expect(await findK6({ PATH: `/nowhere:${found}` })).toBe(join(found, 'k6'));
  });

  it('passes over what cannot be run, and refuses a K6 that is no program', async () => {
    const dir = await folderWith('k6', 0o644);
    expect(await findK6({ PATH: dir })).toBeUndefined();
    expect(await findK6({})).toBeUndefined();
    await expect(findK6({ K6: join(dir, 'k6') })).rejects.toThrow('is not a program');
  });
});

describe('thresholds', () => {
  it('are the figures of the catalogue in the words of k6', async () => {
    const { requirements } = await loadCatalogue();
    const of = (id: string): Figure => requirements.find((one) => one.id === id)!.figure!;
    expect(thresholdsOf(of('LD-LAT-001'))).toEqual({ latency: ['p(99)<50'], accepted: [] });
    expect(thresholdsOf(of('LD-RPL-001'))).toEqual({ latency: [], accepted: ['count==1'] });
    expect(thresholdsOf(figure('a_p95', 'at_most', 7, 'ms')).latency).toEqual(['p(95)<=7']);
    expect(() => thresholdsOf(figure('idle_master_memory', 'below', 100, 'MB'))).toThrow('no threshold');
  });

  it('reach the scripts in their input', () => {
    const plan: TrafficPlan = {
      servers: { master: { url: 'https://127.0.0.1:1', ca: undefined } },
      wallets: [],
      traffics: [
        {
          name: 'reads',
          title: 'reads',
          server: 'master',
          rate: 1,
          seconds: 1,
          connections: 1,
          arrivals: [],
          expect: [],
          figure: 'x_p99',
        },
      ],
    };
    const input = k6Input(plan, (metric) => figure(metric, 'below', 12, 'ms'));
    expect(input.urls).toEqual({ master: 'https://127.0.0.1:1' });
    expect(input.traffics[0]).toMatchObject({ thresholds: { latency: ['p(99)<12'] } });
    expect(input.traffics[0]).not.toHaveProperty('figure');
  });
});

describe('what a script says', () => {
  const traffic = {
    name: 'reads',
    title: 'reads',
    rate: 100,
    seconds: 10,
    arrivals: [[{ method: 'GET', path: '/' }]],
  };
  const summary: K6TrafficSummary = {
    name: 'reads',
    served: 990,
    failed: 5,
    dropped: 5,
    statuses: { 200: 990, 500: 5 },
    in_time: 980,
    percentiles: { p50: 1.234, p90: 2, p95: 3, p99: 4, p999: 5, max: 6 },
  };

  it('becomes a result, arrivals that were dropped among the failures', () => {
    expect(trafficResult(traffic, [summary])).toMatchObject({
      intended: 1000,
      served: 990,
      failed: 10,
      statuses: { 0: 5, 200: 990, 500: 5 },
      per_second: 98,
      p50_ms: 1.23,
      p99_ms: 4,
      p999_ms: null,
      max_ms: null,
    });
  });

  it('must name every traffic', () => {
    expect(() => trafficResult(traffic, [])).toThrow('said nothing of the traffic reads');
  });
});

describe('scenarios', () => {
  it('have a script each that k6 is said to play', () => {
    const playable = SCENARIOS.filter(({ engines }) => engines.includes('k6'));
    expect(playable.filter(({ name }) => !existsSync(scriptOf(name))).map(({ name }) => name)).toEqual([]);
    expect(playable.length).toBeGreaterThan(9);
  });
});
