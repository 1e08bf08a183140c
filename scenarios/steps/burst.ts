import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { KUBECTL } from '../../conformance/drivers/kubectl.ts';
import { poll } from '../../conformance/drivers/wait.ts';
import { at, equal, ok } from '../../conformance/runner/expectations.ts';
import { kubectlFor } from '../../conformance/world/kubectl-for.ts';
import type { Stage } from '../stage.ts';
import { step } from '../step.ts';
import { as, count, within } from './fields.ts';

const LABEL = 'daas.test/burst';
const LATE_MS = 20_000;

/** How one command of a burst ended. */
interface Ended {
  number: number;
  ok: boolean;
  ms: number;
  words: string;
}

export const burstSteps = [
  step('kubectl-burst', {
    about: 'so many kubectl commands at once, each creating an object; each must come through, once',
    params: z.strictObject({
      as,
      commands: count,
      /** Commands that may have met the deadline; their objects are there all the same. */
      late_at_most: count.default(0),
      within_seconds: within(60),
    }),
    refers: { as: 'actor' },
    say: (p) => `${p.as} runs ${p.commands} kubectl commands at once`,
    run: async (s, p) => {
      const binary = await kubectl();
      s.note(
        binary === undefined
          ? 'no kubectl (KUBECTL or PATH): the same requests by the suite’s own client'
          : `by ${binary}`,
      );
      const run = binary === undefined ? byClient(s, p.as) : await byKubectl(s, p.as, binary);
      const ended = await Promise.all(Array.from({ length: p.commands }, (_, number) => run(number)));
      const times = ended.map(({ ms }) => ms).toSorted((a, b) => a - b);
      s.note(`median ${times[Math.floor(times.length / 2)]} ms, slowest ${times.at(-1)} ms`);
      const failed = ended.filter((one) => !one.ok);
      const refused = failed.filter(({ words }) => !/Timeout|no answer yet|\b504\b/.test(words));
      equal('commands that ended otherwise than well or late', refused.slice(0, 5), []);
      s.note(`${failed.length} met the gateway's deadline`);
      ok(`at most ${p.late_at_most} of ${p.commands} commands were late`, failed.length <= p.late_at_most, {
        wanted: { failed: [] },
        got: { failed: failed.slice(0, 5), count: failed.length },
      });
      ok('they were done in time', (times.at(-1) ?? 0) <= p.within_seconds * 1000, { got: times.at(-1) });
      await eachOnce(s, p.as, p.commands);
    },
  }),
];

/** Each object is there once, and each request on chain has one result. */
async function eachOnce(s: Stage, actor: string, commands: number): Promise<void> {
  const present = async (): Promise<number[]> => {
    const list = await s.kube(actor).list('configmaps', `?labelSelector=${encodeURIComponent(LABEL)}`);
    const items = at(list.json, 'items');
    return (Array.isArray(items) ? items : []).map((item: unknown) =>
      Number(at(item, 'metadata', 'labels', LABEL)),
    );
  };
  // Those that met the gateway's deadline are run all the same.
  const enough = async (): Promise<true | undefined> =>
    (await present()).length >= commands ? true : undefined;
  await poll(enough, { timeoutMs: LATE_MS, intervalMs: 200, signal: s.t.signal });
  const numbers = await present();
  equal(
    'the objects that are there',
    numbers.toSorted((a, b) => a - b),
    Array.from({ length: commands }, (_, number) => number),
  );
  const path = s.kube(actor).path('configmaps');
  const requests = await s.t.chain.events('K8sAPIRequest', { token: s.actor(actor).token, path });
  const results = new Set((await s.t.chain.events('K8sAPIResult')).map(({ data }) => data.request_id));
  const open = requests.filter(({ data }) => !results.has(data.request_id));
  equal('requests without a result', open.length, 0);
  ok('each command is on chain', requests.length >= commands, { wanted: commands, got: requests.length });
}

function manifest(s: Stage, number: number): object {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `burst-${number}`, namespace: s.namespace, labels: { [LABEL]: String(number) } },
    data: { number: String(number) },
  };
}

type Run = (number: number) => Promise<Ended>;

function byClient(s: Stage, actor: string): Run {
  const kube = s.kube(actor);
  return async (number) => {
    const began = Date.now();
    const answer = await s.t.gateway.as(kube.actor, 'POST', kube.path('configmaps'), {
      body: manifest(s, number),
      timeoutMs: 60_000,
    });
    return {
      number,
      ok: answer.status === 201,
      ms: Date.now() - began,
      words: `${answer.status} ${answer.text.slice(0, 200)}`,
    };
  };
}

/** With a credential made beforehand: a plugin process for each command would measure the machine. */
async function byKubectl(s: Stage, actor: string, binary: string): Promise<Run> {
  const who = s.actor(actor);
  const token = await s.t.actors.session(who, { lifetime: 300 });
  const { kubectl: program, dispose } = await kubectlFor(s.world.info, who, { token, binary });
  s.t.defer(dispose);
  return async (number) => {
    const began = Date.now();
    const args = ['create', '--validate=false', '-f', '-'];
    const stdin = JSON.stringify(manifest(s, number));
    const { code, stdout, stderr } = await program.run(args, { stdin, timeoutMs: 120_000 });
    return { number, ok: code === 0, ms: Date.now() - began, words: `${stdout}${stderr}`.slice(0, 200) };
  };
}

/** The kubectl that KUBECTL names, or the one on PATH when it runs. */
async function kubectl(): Promise<string | undefined> {
  const binary = KUBECTL ?? 'kubectl';
  try {
    await promisify(execFile)(binary, ['version', '--client'], { timeout: 10_000 });
    return binary;
  } catch {
    return undefined;
  }
}
