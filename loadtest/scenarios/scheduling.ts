import { HarnessError } from '../../conformance/errors.ts';
import { at } from '../../conformance/runner/expectations.ts';
import { mintSession } from '../../conformance/drivers/credential.ts';
import { pause, poll } from '../../conformance/drivers/wait.ts';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { randomLabel } from '../../conformance/world/actors.ts';
import { pod } from '../../conformance/world/gateway-api.ts';
import { rounded } from '../engine/tally.ts';
import { masterRead, type Stage } from '../stage.ts';
import type { Scenario } from './scenario.ts';

const PODS = '/api/v1/namespaces/default/pods';
const EVERY_MS = 100;
const WAIT_MS = 20_000;

export const scheduling: Scenario = {
  name: 'scheduling',
  title: 'From the creation of a pod to its binding, as a watch at the master sees it',
  engines: ['builtin'],
  run: async (stage, scale) => {
    const pods = scale.size(20, 80);
    if (!stage.world.workers || !stage.session.gateway || !stage.session.master)
      throw new HarnessError('the target lacks a gateway, a master or a worker to schedule to');
    const worker = await stage.world.workers.start({});
    const admin = await stage.session.actors.fresh('admin');
    const headers = await readerHeaders(stage);
    await readyNode(stage, worker.nodeId, headers);
    const run = randomLabel();
    const [created, bound] = [new Map<string, number>(), new Map<string, number>()];
    await using watch = await stage.session.master
      .recording(() => undefined)
      .stream(`${PODS}?watch=true&timeoutSeconds=120&labelSelector=load%3D${run}`, {
        headers,
        timeoutMs: 150_000,
      });
    const seeing = see(watch.lines(), created, bound);
    for (let index = 0; index < pods; index += 1) {
      const answer = await stage.session.gateway.send('POST', PODS, {
        headers: { authorization: `Bearer ${await stage.session.actors.session(admin)}` },
        body: pod(`load-${run}-${index}`, { labels: { load: run } }),
      });
      if (answer.status !== 201)
        throw new HarnessError(`a pod was not made: ${answer.status} ${answer.text.slice(0, 200)}`);
      await pause(EVERY_MS, stage.signal);
    }
    await poll(() => (bound.size >= pods ? true : undefined), { timeoutMs: WAIT_MS, signal: stage.signal });
    watch.close();
    await seeing;
    const times = [...bound]
      .map(([name, time]) => time - (created.get(name) ?? time))
      .toSorted((a, b) => a - b);
    const missing = pods - times.length;
    const median = missing > pods / 2 ? undefined : times[Math.max(0, Math.ceil(pods / 2) - 1)];
    const note = `${times.length} of ${pods} pods bound; slowest ${rounded(times.at(-1) ?? null)} ms`;
    return {
      traffics: [],
      measures: [{ metric: 'scheduling_p50', value: rounded(median ?? null), note }],
      notes: [note],
    };
  },
};

async function see(
  lines: AsyncIterable<string>,
  created: Map<string, number>,
  bound: Map<string, number>,
): Promise<void> {
  for await (const line of lines) {
    const now = performance.now();
    const event: unknown = JSON.parse(line);
    const name = String(at(event, 'object', 'metadata', 'name'));
    if (!created.has(name)) created.set(name, now);
    const node = at(event, 'object', 'spec', 'nodeName');
    if (typeof node === 'string' && node !== '' && !bound.has(name)) bound.set(name, now);
  }
}

async function readerHeaders(stage: Stage): Promise<Record<string, string>> {
  const { token, audience, seed } = stage.reader;
  const signer = Ed25519Keypair.fromSecretKey(Buffer.from(seed, 'hex'));
  const credential = await mintSession(signer, { token, audience, lifetime: 290 });
  return { ...masterRead('', 0).headers, authorization: `Bearer ${credential}` };
}

async function readyNode(stage: Stage, name: string, headers: Record<string, string>): Promise<void> {
  const ready = await poll(
    async () => {
      const { text } = await stage.session.master!.send('GET', `/api/v1/nodes/${name}`, { headers });
      return /"type":\s*"Ready",\s*"status":\s*"True"|"status":\s*"True",\s*"type":\s*"Ready"/.test(text)
        ? true
        : undefined;
    },
    { timeoutMs: WAIT_MS, intervalMs: 100, signal: stage.signal },
  );
  if (!ready) throw new HarnessError(`the worker ${name} did not become ready within ${WAIT_MS / 1000} s`);
}
