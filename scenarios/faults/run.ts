import { pause } from '../../conformance/drivers/wait.ts';
import { HarnessError, UsageError } from '../../conformance/errors.ts';
import { Session } from '../../conformance/runner/context.ts';
import type { LoadedTarget } from '../../conformance/target/load.ts';
import { World } from '../../conformance/target/world.ts';
import type { Actor } from '../../conformance/world/actors.ts';
import { HttpDriver } from '../../conformance/drivers/http.ts';
import { History } from '../../conformance/history/history.ts';
import { judge, type Judgement } from '../../conformance/history/judge.ts';
import { Lines } from './lines.ts';
import { Nemesis, type Injected } from './nemesis.ts';
import { faultPlan, type FaultKind } from './plan.ts';
import { seededRandom } from '../../conformance/history/random.ts';
import { lostNodes } from './lost-nodes.ts';
import { sitesOf } from './sites.ts';

export interface FaultsOptions {
  target: LoadedTarget;
  seed: number;
  durationMs: number;
  clients: number;
  workers: number;
  /** Only these kinds of faults; all when absent. */
  kinds?: readonly FaultKind[];
  /** Only faults on these parts, lines or modes. */
  on?: readonly string[];
  /** Environment added to each part. */
  env: Record<string, string>;
  keep: boolean;
  signal: AbortSignal;
  step: (line: string) => void;
  onFault: (injected: Injected, phase: 'begins' | 'over') => void;
}

export interface FaultsResult {
  target: string;
  seed: number;
  startedAt: string;
  durationMs: number;
  faults: Injected[];
  notAvailable: string[];
  watchEvents: number;
  judgement: Judgement;
  interrupted: boolean;
  secrets: string[];
}

const SETTLE_MS = 20_000;

/** Starts the target, lets clients work while faults strike, and judges what was recorded. */
export async function runFaults(options: FaultsOptions): Promise<FaultsResult> {
  const { target, seed, signal, step } = options;
  const random = seededRandom(seed, 'faults');
  const startedAt = new Date().toISOString();
  await using lines = new Lines();
  await using world = await World.start({
    target,
    seed,
    strict: false,
    progress: step,
    env: options.env,
    signal,
    keep: options.keep,
    reach: (from, to, url) => lines.reach(from, to, url),
  });
  const { gateway } = world.info;
  if (!gateway) {
    throw new UsageError('the target file names no gateway, so clients have nothing to talk to', {
      hint: 'add `gateway: bundled`, or your own',
    });
  }
  await using session = new Session(world.info);
  step('staking the clients and starting workers');
  const wallets = await Promise.all(
    Array.from({ length: options.clients }, () => session.actors.fresh('admin')),
  );
  const started = await Promise.all(
    Array.from({ length: world.workers ? options.workers : 0 }, () => world.workers!.start({})),
  );
  const nodes = started.map(({ nodeId }) => nodeId);
  await using direct = new HttpDriver({ baseUrl: gateway.url, ca: gateway.ca });
  const credential = () => session.actors.session(wallets[0]!);
  if ((await lostNodes(direct, credential, nodes, SETTLE_MS)).length > 0 && !signal.aborted) {
    throw new HarnessError('the workers did not become Ready before any fault', {
      hint: 'see that `daas run --target … --only E2E-WRK-001` passes',
    });
  }
  const chosen = sitesOf(
    world,
    started.map(({ id }) => id),
    lines,
    options.kinds,
  );
  const sites = chosen.sites.filter(({ on }) => options.on === undefined || options.on.includes(on));
  if (sites.length === 0) {
    throw new UsageError('no fault is left to bring about', {
      hint: `places of faults on this target are ${[...new Set(chosen.sites.map(({ on }) => on))].join(', ') || 'none'}`,
    });
  }

  await using history = new History({
    session,
    gateway,
    clientsUrl: await lines.reach('clients', 'gateway', gateway.url),
    wallets: wallets as [Actor, ...Actor[]],
    random,
    run: `${seed}-${Math.floor(Date.now() / 1000).toString(36)}`,
  });
  const { recorder } = history;
  const nemesis = new Nemesis({ control: session.control, lines, recorder, onFault: options.onFault });
  const working = new AbortController();
  const worked = history.work(AbortSignal.any([working.signal, signal]));
  const over = AbortSignal.any([signal, AbortSignal.timeout(options.durationMs)]);
  step(`${wallets.length} clients at work`);
  await nemesis.run(faultPlan(random.fork('plan'), sites), over);
  await pause(Math.max(0, options.durationMs - recorder.nowMs()), signal);
  working.abort();
  await worked;
  const durationMs = recorder.nowMs();

  step('reading everything once more');
  const recorded = await history.gather(signal);
  const judgement = judge({
    ...recorded,
    disturbances: nemesis.injected,
    lostNodes: signal.aborted ? [] : await lostNodes(direct, credential, nodes, SETTLE_MS),
  });
  return {
    target: world.info.name,
    seed,
    startedAt,
    durationMs,
    faults: nemesis.injected,
    notAvailable: chosen.notAvailable,
    watchEvents: recorded.watches.flatMap(({ events }) => events).length,
    judgement,
    interrupted: signal.aborted,
    secrets: world.secrets,
  };
}
