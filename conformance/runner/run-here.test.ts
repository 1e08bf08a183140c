import { expect, it } from 'vitest';
import type { CheckResult } from '../report/model.ts';
import { DEFAULT_TIMINGS } from '../target/types.ts';
import type { WorldInfo } from '../target/world-info.ts';
import { check } from './check.ts';
import { CheckFailure } from './outcome.ts';
import { runChecksHere } from './run-here.ts';

const none = '0x1';
/** A world in which nothing answers. */
const world: WorldInfo = {
  name: 'nothing',
  seed: 1,
  strict: false,
  features: [],
  timings: DEFAULT_TIMINGS,
  chain: {
    provider: 'embedded',
    url: 'http://127.0.0.1:9',
    ids: { package: none, pool: none, registry: none, cluster: none, endpoint: none },
  },
  worker: false,
  attestation: { pcrs: [] },
  control: { url: 'http://127.0.0.1:9', token: '' },
};

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Checks that note when they begin and end. */
function noted(log: string[]) {
  return (id: string, options: Parameters<typeof check>[2] = {}) =>
    check(id, id, options, async () => {
      log.push(`${id} begins`);
      for (let turns = 0; turns < 20; turns += 1) await turn();
      log.push(`${id} ends`);
    });
}

it('runs harmless checks side by side, those that start parts in turn, and exclusive ones last and alone', async () => {
  const log: string[] = [];
  const one = noted(log);
  const seen: CheckResult[] = [];
  const { results, faults } = await runChecksHere({
    world,
    checks: [
      one('X-1', { exclusive: true }),
      one('X-2', { exclusive: true }),
      one('S-1', { startsParts: true }),
      one('S-2', { startsParts: true }),
      one('A'),
      one('B'),
    ],
    repeat: 1,
    onResult: (result) => void seen.push(result),
  });
  const at = (line: string): number => log.indexOf(line);
  expect(at('A begins')).toBeLessThan(at('B ends'));
  expect(at('B begins')).toBeLessThan(at('A ends'));
  expect(at('S-1 begins')).toBeLessThan(at('A ends'));
  expect(at('S-2 begins')).toBeGreaterThan(at('S-1 ends'));
  expect(log.slice(-4)).toEqual(['X-1 begins', 'X-1 ends', 'X-2 begins', 'X-2 ends']);
  expect(faults).toEqual([]);
  expect(seen).toEqual(results);
  expect(results.map(({ verdict }) => verdict)).toEqual(Array(6).fill('pass'));
});

it('tells failures apart, repeats, and what nobody awaited', async () => {
  let runs = 0;
  const { results, faults } = await runChecksHere({
    world,
    checks: [
      check('second', 'fails the second time', {}, async () => {
        await turn();
        runs += 1;
        if (runs === 2) throw new CheckFailure('it was not so', { wanted: 1, got: 2 });
      }),
      check('lost', 'leaves a promise behind', {}, async () => {
        void Promise.reject(new Error('nobody waits for me'));
        await turn();
      }),
    ],
    repeat: 3,
    onResult: () => {},
  });
  expect(runs).toBe(3);
  expect(results.find(({ id }) => id === 'second')).toMatchObject({ verdict: 'fail' });
  expect(faults).toEqual(['nobody waits for me (3 times)']);
});
