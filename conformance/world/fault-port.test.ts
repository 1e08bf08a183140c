import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FaultPlan } from './fault-plan.ts';
import { FaultPort, type Faulty } from './fault-port.ts';

let master: Faulty;
let port: FaultPort;

beforeEach(async () => {
  let plan: FaultPlan | undefined;
  master = {
    get plan() {
      return plan;
    },
    hits: [{ fault: 0, request: 2, at: 17 }],
    requests: [
      {
        route: 'heartbeat',
        method: 'POST',
        target: '/api/v1/heartbeat',
        headers: { 'x-seal-token': 'seal1.secret.secret' },
        body: Buffer.from('secret'),
        json: {},
        at: 17,
        connection: 1,
        port: 1,
        answered: { at: 18, status: 503 },
      },
    ],
    obey: (next) => void (plan = next),
  };
  port = await FaultPort.start(master);
});
afterEach(() => port[Symbol.asyncDispose]());

const ask = (method: string, path: string, body?: string): Promise<Response> =>
  fetch(`${port.url}${path}`, { method, ...(body !== undefined && { body }) });

describe('the management port of a fake master', () => {
  test('takes a plan as YAML, tells it, and ends it', async () => {
    const put = await ask('PUT', '/plan', 'faults:\n  - { on: heartbeat, times: 2, do: { hang: true } }\n');
    expect(put.status).toBe(200);
    expect(master.plan?.faults).toEqual([
      { on: 'heartbeat', after: 0, times: 2, chance: 1, do: { hang: true } },
    ]);
    const told = (await (await ask('GET', '/plan')).json()) as object;
    expect(told).toEqual({ plan: master.plan, hits: master.hits });
    expect((await ask('DELETE', '/plan')).status).toBe(200);
    expect(master.plan).toBeUndefined();
  });

  test('refuses a plan with a mistake, names it, and leaves the present one in force', async () => {
    await ask('PUT', '/plan', '{"faults":[]}');
    const refused = await ask('PUT', '/plan', '{"faults":[{"on":"heartbeat","do":{"hagn":true}}]}');
    expect(refused.status).toBe(400);
    expect(await refused.text()).toMatch(/faults/);
    expect(master.plan).toEqual({ seed: 1, faults: [] });
  });

  test('shows requests without what is secret in them', async () => {
    const text = await (await ask('GET', '/requests')).text();
    expect(JSON.parse(text)).toEqual({
      requests: [
        {
          route: 'heartbeat',
          method: 'POST',
          target: '/api/v1/heartbeat',
          at: 17,
          answered: { at: 18, status: 503 },
        },
      ],
    });
    expect(text).not.toContain('secret');
  });

  test('knows nothing else', async () => {
    expect((await ask('GET', '/')).status).toBe(404);
  });
});
