import { configMap, GatewayWorld } from './gateway-world.ts';

/** Everything in one process: what a request costs in CPU, and where. Run with --cpu-prof to see. */
const TOTAL = Number(process.argv[2] ?? 200);
const AT_ONCE = Number(process.argv[3] ?? 20);
const MAPS = '/api/v1/namespaces/default/configmaps';

const world = await GatewayWorld.start({
  gateway: { limits: { requests_per_second: 1e6, burst: 1e6 }, timings: { request_deadline_ms: 20_000 } },
});
const admin = await world.chain.holder('admin');
const credential = await world.credential(admin);

async function measure(name: string, call: (i: number) => Promise<{ status: number }>): Promise<void> {
  const times: number[] = [];
  let next = 0;
  const started = performance.now();
  const work = async (): Promise<void> => {
    for (let i = next++; i < TOTAL; i = next++) {
      const begun = performance.now();
      const { status } = await call(i);
      if (status >= 300) console.log(name, i, status);
      times.push(performance.now() - begun);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const seconds = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  const at = (q: number): string => (times[Math.floor(times.length * q)] ?? 0).toFixed(1);
  console.log(`${name}: ${(TOTAL / seconds).toFixed(0)}/s p50 ${at(0.5)} p99 ${at(0.99)} ms`);
}

await world.call(admin, '/api/v1/pods', { credential });
await measure('read', () => world.call(admin, '/api/v1/pods', { credential }));
await measure('write', (i) => world.call(admin, MAPS, { body: configMap(`bench-${i}`), credential }));
await world[Symbol.asyncDispose]();
