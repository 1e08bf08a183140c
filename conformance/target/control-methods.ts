import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transaction } from '@mysten/sui/transactions';
import type { Attempt } from '../drivers/chain/attempt.ts';
import type { EventTap, TappedEvent } from '../drivers/chain/event-tap.ts';
import { HarnessError } from '../errors.ts';
import type { Operator } from './operator.ts';
import type { Part } from './part.ts';
import { probeServer } from './probe.ts';
import type { ServerRequest, ServerStarted } from './server-pool.ts';
import type { ServerConfig } from './types.ts';
import type { WorkerRequest, WorkerStarted } from './worker-pool.ts';
import type { ServerName, World } from './world.ts';

/** Which part: a server by its role, a worker by the id it was started with. */
export interface PartRef {
  part: string;
}

/** How a part stands: `exit` once it ended. */
export interface PartState {
  running: boolean;
  /** Of a part that runs as a process here. */
  pid?: number;
  /** Memory of a part that runs as a process here, where the system tells. */
  residentBytes?: number;
  exit?: { code: number | null; signal: string | null };
}

/** The requests that checks may make of the run's owner, by name. */
export interface Control {
  fund(params: { address: string; mist: string }): Promise<void>;
  slash(params: { record: string; reason: string }): Promise<{ digest: string }>;
  registerGateway(params: { address: string }): Promise<{ cap: string }>;
  retireGateway(params: { cap: string }): Promise<void>;
  caps(params: object): Promise<{ admin: boolean; slash: boolean }>;
  /** The operator's wallet and the ids of the capabilities it holds. */
  operator(params: object): Promise<{ address: string; admin?: string; slash?: string }>;
  /** Sends a transaction as the operator; `transaction` is its JSON, sender and gas left open. */
  operate(params: { transaction: string }): Promise<Attempt>;
  /** Events of the package since the run began, those before the place `from` left out. */
  events(params: { from?: number }): Promise<{ events: readonly TappedEvent[] }>;
  localnet(params: { path: string; body: object }): Promise<void>;
  startWorker(params: WorkerRequest): Promise<WorkerStarted>;
  /** One more gateway of the implementation under test, beside the one that checks share. */
  startGateway(params: ServerRequest): Promise<ServerStarted>;
  /** One more master; it needs a cluster of its own, whose ids and wallet `values` give. */
  startMaster(params: ServerRequest): Promise<ServerStarted>;
  /** Lets a master replace the key of its store now, in the way that the target file names. */
  rotateKeys(params: PartRef): Promise<void>;
  /**
   * `values` stand in for placeholders in its files, command and environment for this start alone; `env` is added to
   * its environment. Waits until it serves, unless told to wait for its process alone.
   */
  start(
    params: PartRef & {
      values?: Record<string, string>;
      env?: Record<string, string>;
      await?: 'ready' | 'spawn';
    },
  ): Promise<void>;
  /** `signalledAt` is in Unix milliseconds. */
  stop(params: PartRef): Promise<PartState & { killed: boolean; ms: number; signalledAt: number }>;
  kill(params: PartRef): Promise<void>;
  /** Lets it stand still (SIGSTOP) until `resume`; only what runs as a process of this machine can. */
  pause(params: PartRef): Promise<void>;
  resume(params: PartRef): Promise<void>;
  state(params: PartRef): Promise<PartState>;
  /** The same as soon as it has ended, or after so many milliseconds, 10 s at most. */
  ended(params: PartRef & { withinMs: number }): Promise<PartState>;
  logs(params: PartRef): Promise<{ text: string }>;
  storage(params: PartRef): Promise<{ files: string[] }>;
}

interface ChainSide {
  url: string;
  operator?: Operator;
}

/** Implements the control methods on a running world. */
export function controlMethods(
  world: World,
  chain: ChainSide,
  tap: EventTap,
): Control & Record<string, (params: never) => Promise<unknown>> {
  const operator = (): Operator => {
    if (!chain.operator) throw new HarnessError('the target file names no wallets.operator');
    return chain.operator;
  };
  const partOf = (ref: PartRef): Part => {
    if (ref.part === 'store' && world.store) return world.store;
    if (isServer(ref.part)) {
      const server = world.servers.get(ref.part);
      if (!server) throw new HarnessError(`the target has no ${ref.part}`);
      return server.part;
    }
    const further = world.gateways?.get(ref.part) ?? world.masters?.get(ref.part);
    if (further) return further;
    if (!world.workers) throw new HarnessError('the target has no worker');
    return world.workers.get(ref.part);
  };
  const methods: Control = {
    fund: ({ address, mist }) => operator().fund(address, BigInt(mist)),
    slash: async ({ record, reason }) => ({ digest: await operator().slash(record, reason) }),
    registerGateway: async ({ address }) => ({ cap: await operator().registerGateway(address) }),
    retireGateway: ({ cap }) => operator().retireGateway(cap),
    caps: async () => {
      await Promise.resolve();
      return {
        admin: chain.operator?.caps.admin !== undefined,
        slash: chain.operator?.caps.slash !== undefined,
      };
    },
    operator: async () => {
      await Promise.resolve();
      const { address, caps } = operator();
      return {
        address,
        ...(caps.admin !== undefined && { admin: caps.admin }),
        ...(caps.slash !== undefined && { slash: caps.slash }),
      };
    },
    operate: ({ transaction }) => operator().attempt(Transaction.from(transaction)),
    events: async ({ from = 0 }) => ({ events: (await tap.events()).slice(from) }),
    localnet: async ({ path, body }) => {
      if (!world.localnet) throw new HarnessError('the chain is not the embedded one');
      world.localnet.touched = true;
      const answer = await fetch(`${chain.url}/localnet/${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      });
      if (!answer.ok)
        throw new HarnessError(`the localnet refused ${path}: ${answer.status} ${await answer.text()}`);
    },
    startWorker: async (request) => {
      if (!world.workers) throw new HarnessError('the target has no worker');
      return world.workers.start(request);
    },
    startGateway: async (request) => {
      if (!world.gateways) throw new HarnessError('the target has no gateway');
      return world.gateways.start(request);
    },
    startMaster: async (request) => {
      if (!world.masters) throw new HarnessError('the target has no master');
      return world.masters.start(request);
    },
    rotateKeys: async (ref) => {
      await Promise.resolve();
      const part = partOf(ref);
      const { rotate_keys: rotate } = part.context.config as ServerConfig;
      if (!rotate || !part.isProcess) throw new HarnessError('the target file names no master.rotate_keys');
      part.process?.signal(rotate.signal);
    },
    start: async (ref) => {
      const part = partOf(ref);
      await part.start(ref.values, ref.env ? { env: ref.env } : {});
      if (ref.await === 'spawn') return;
      if (!isServer(ref.part)) return;
      const url = world.values.get(`${ref.part}.url`) ?? '';
      const name = ref.part === 'gateway' ? 'gateway' : 'master';
      await probeServer({ name, url, caFile: world.values.get(`${ref.part}.ca`), part });
    },
    stop: async (ref) => {
      const before = Date.now();
      const exit = await partOf(ref).stop();
      const ended = exit ? { exit: { code: exit.code, signal: exit.signal } } : {};
      return {
        running: false,
        ...ended,
        killed: exit?.killed ?? false,
        ms: Date.now() - before,
        signalledAt: before,
      };
    },
    kill: (ref) => partOf(ref).kill(),
    pause: async (ref) => partOf(ref).pause(),
    resume: async (ref) => partOf(ref).resume(),
    state: async (ref) => {
      const part = partOf(ref);
      if (part.running || !part.process) {
        const residentBytes = part.context.config.start?.container
          ? undefined
          : await part.process?.residentBytes();
        return {
          running: part.running,
          ...(part.process && !part.context.config.start?.container && { pid: part.process.pid }),
          ...(residentBytes !== undefined && { residentBytes }),
        };
      }
      return { running: false, exit: await part.process.exited };
    },
    ended: async (ref) => {
      const { process } = partOf(ref);
      const exit = await process?.waitForExit(Math.min(ref.withinMs, 10_000));
      return exit ? { running: false, exit } : { running: process?.running ?? false };
    },
    logs: async (ref) => ({ text: await partOf(ref).logs() }),
    storage: async (ref) => ({ files: (await Promise.all(partOf(ref).storage.map(filesUnder))).flat() }),
  };
  return methods as Control & Record<string, (params: never) => Promise<unknown>>;
}

function isServer(part: string): part is ServerName {
  return part === 'gateway' || part === 'master' || part === 'standby';
}

async function filesUnder(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return [];
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
