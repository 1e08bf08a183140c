import { describe, expect, test } from 'vitest';
import { UsageError } from '../errors.ts';
import { FaultEngine } from './fault-engine.ts';
import { ATTESTATION_LIES, faultPlan, JOIN_LIES, parseFaultPlan, type FaultRoute } from './fault-plan.ts';

/** What a plan does to so many requests of a route, `-` for those that it leaves alone. */
function done(text: string, count: number, route: FaultRoute = 'heartbeat'): string[] {
  const engine = new FaultEngine(parseFaultPlan(text), () => 0);
  return Array.from({ length: count }, () => {
    const action = engine.next(route);
    return action === undefined ? '-' : Object.keys(action).join('');
  });
}

const drawn = (seed: number): string =>
  `{ seed: ${seed}, faults: [{ on: heartbeat, chance: 0.5, times: always, do: { hang: true } }] }`;

describe('a fault plan', () => {
  test('happens once unless told, and lets pass what comes before', () => {
    expect(done('faults: [{ on: heartbeat, after: 2, do: { hang: true } }]', 5)).toEqual([
      '-',
      '-',
      'hang',
      '-',
      '-',
    ]);
  });

  test('is of one route', () => {
    const text = 'faults: [{ on: heartbeat, times: always, do: { hang: true } }]';
    expect(done(text, 2)).toEqual(['hang', 'hang']);
    expect(done(text, 2, 'kubernetes')).toEqual(['-', '-']);
  });

  test('gives a request to the first fault that applies; the others do not count it', () => {
    const text = `faults:
      - { on: heartbeat, after: 1, times: 2, do: { delay_ms: 5 } }
      - { on: heartbeat, after: 2, do: { redirect: 307 } }`;
    expect(done(text, 6)).toEqual(['-', 'delay_ms', 'delay_ms', '-', 'redirect', '-']);
  });

  test('draws from its seed: the same again, and otherwise with another', () => {
    const first = done(drawn(1), 200);
    expect(done(drawn(1), 200)).toEqual(first);
    expect(done(drawn(2), 200)).not.toEqual(first);
    const hits = first.filter((what) => what === 'hang').length;
    expect(hits).toBeGreaterThan(60);
    expect(hits).toBeLessThan(140);
  });

  test('notes what it did', () => {
    let now = 100;
    const plan = faultPlan({ faults: [{ on: 'heartbeat', after: 1, do: { hang: true } }] });
    const engine = new FaultEngine(plan, () => now);
    engine.next('heartbeat');
    now = 200;
    engine.next('heartbeat');
    expect(engine.hits).toEqual([{ fault: 0, request: 2, at: 200 }]);
  });

  test('may tell each lie where it belongs', () => {
    for (const attestation of ATTESTATION_LIES)
      expect(faultPlan({ faults: [{ on: 'attestation', do: { attestation } }] }).faults).toHaveLength(1);
    for (const join of JOIN_LIES)
      expect(faultPlan({ faults: [{ on: 'register-worker', do: { join } }] }).faults).toHaveLength(1);
  });
});

describe('a fault plan with a mistake is refused and says where', () => {
  test.each([
    ['{ faults: [{ on: heartbeat, do: { hagn: true } }] }', /faults\[0\]/],
    ['{ faults: [{ on: heartbeats, do: { hang: true } }] }', /faults\[0\]\.on/],
    ['{ faults: [{ on: heartbeat, times: 0, do: { hang: true } }] }', /times/],
    ['{ faults: [{ on: heartbeat, do: { hang: true, delay_ms: 1 } }] }', /faults\[0\]/],
    ['{ faults: [{ on: heartbeat, do: { attestation: wrong-pcr } }] }', /heartbeat cannot/],
    ['{ faults: [{ on: attestation, do: { join: unsigned } }] }', /attestation cannot/],
    ['{ faults: [', /no YAML and no JSON/],
    ['7', /refused/],
  ])('%s', (text, message) => {
    expect(() => parseFaultPlan(text)).toThrow(UsageError);
    expect(() => parseFaultPlan(text)).toThrow(message);
  });
});
