import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { playBuiltin } from './builtin.ts';
import type { Traffic, TrafficPlan, TrafficResult } from './traffic.ts';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function play(listener: RequestListener, changes: Partial<Traffic>): Promise<TrafficResult> {
  const url = await serve(listener);
  const traffic: Traffic = {
    name: 'test',
    title: 'test',
    server: 'master',
    rate: 100,
    seconds: 0.5,
    graceSeconds: 1,
    connections: 4,
    arrivals: [[{ method: 'GET', path: '/' }]],
    expect: [{ status: 200 }],
    ...changes,
  };
  const plan: TrafficPlan = { servers: { master: { url, ca: undefined } }, wallets: [], traffics: [traffic] };
  const [result] = await playBuiltin(plan);
  return result!;
}

describe('the built-in engine', () => {
  it('counts statuses and takes only what is expected for served', async () => {
    let requests = 0;
    const result = await play((request, response) => {
      if (request.url === '/health') return void response.end();
      response.statusCode = (requests += 1) % 5 === 0 ? 500 : 200;
      response.end();
    }, {});
    expect(result).toMatchObject({ intended: 50, served: 40, failed: 10, statuses: { 200: 40, 500: 10 } });
    expect(result.p50_ms).toBeGreaterThan(0);
    // A fifth failed: no time within which 99 % were served.
    expect([result.p90_ms, result.p99_ms, result.max_ms]).toEqual([null, null, null]);
    expect(result.series.reduce((sum, { answered }) => sum + answered, 0)).toBe(40);
  });

  it('asks again for what a later attempt may give, until the deadline', async () => {
    const asked = new Map<string, number>();
    const result = await play(
      (request, response) => {
        const times = (asked.get(request.url!) ?? 0) + 1;
        asked.set(request.url!, times);
        const statuses: Record<string, number> = {
          '/once-away': times === 1 ? 503 : 200,
          '/gone': 503,
          '/wrong': 404,
        };
        response.statusCode = statuses[request.url!] ?? 200;
        response.end();
      },
      {
        rate: 3,
        seconds: 1,
        arrivals: ['/once-away', '/gone', '/wrong'].map((path) => [{ method: 'GET', path }]),
        retryWithinMs: 600,
      },
    );
    expect(result).toMatchObject({ intended: 3, served: 1, statuses: { 200: 1, 404: 1, 503: 1 } });
    expect(asked.get('/once-away')).toBe(2);
    expect(asked.get('/gone')).toBeGreaterThan(1);
    expect(asked.get('/wrong')).toBe(1);
  });

  it('tells answers of one status apart by their body', async () => {
    let requests = 0;
    const result = await play(
      (_, response) => {
        response.statusCode = 401;
        response.end((requests += 1) % 2 === 0 ? 'ReplayDetected' : 'BadSignature');
      },
      { expect: [{ status: 401, contains: 'ReplayDetected' }] },
    );
    expect(result.served).toBe(25);
    expect(result.statuses).toEqual({ 401: 50 });
  });

  it('shows a server that stands still for a moment in its p99', async () => {
    let stalled = 0;
    const result = await play(
      async (request, response) => {
        if (request.url !== '/health' && (stalled += 1) === 10) stalled = Number.NEGATIVE_INFINITY;
        if (stalled < 0) {
          stalled = Number.NaN;
          const until = performance.now() + 250;
          while (performance.now() < until) await setTimeout(0);
        }
        response.end();
      },
      { connections: 1 },
    );
    expect(result.failed).toBe(0);
    expect(result.p99_ms).toBeGreaterThan(200);
    // One slow request of fifty alone would leave the ninetieth percentile alone.
    expect(result.p90_ms).toBeGreaterThan(100);
  });

  it('plays the steps of an arrival in order', async () => {
    const seen: string[] = [];
    const result = await play(
      (request, response) => {
        if (request.url !== '/health') seen.push(request.url ?? '');
        response.end();
      },
      {
        rate: 10,
        seconds: 0.2,
        connections: 1,
        arrivals: [
          [
            { method: 'GET', path: '/a' },
            { method: 'GET', path: '/b' },
          ],
        ],
      },
    );
    expect(seen).toEqual(['/a', '/b', '/a', '/b']);
    expect(result.intended).toBe(4);
  });

  it('counts as failed what a server never answers', async () => {
    const result = await play(
      (request, response) => {
        if (request.url === '/health') response.end();
      },
      { rate: 20, seconds: 0.3, connections: 2 },
    );
    expect(result).toMatchObject({ intended: 6, served: 0, failed: 6, statuses: { 0: 6 }, p50_ms: null });
  });
});
