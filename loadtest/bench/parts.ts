import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HarnessError } from '../../conformance/errors.ts';
import { PACKAGE_ROOT } from '../../conformance/paths.ts';
import type { Report } from '../../conformance/report/model.ts';
import { crowd } from '../crowd.ts';
import { playBuiltin } from '../engine/builtin.ts';
import { usageOf } from '../engine/process-usage.ts';
import { heartbeats, register } from '../scenarios/heartbeats.ts';
import { scaleOf } from '../scenarios/scenario.ts';
import { scheduling } from '../scenarios/scheduling.ts';
import type { Stage } from '../stage.ts';
import { compare, interleave, spreadOf, type Comparison, type Spread } from './rounds.ts';

export interface CredentialBench {
  /** Checks a second of one core: heartbeats at the master, each with a fresh credential, less what an empty request costs. */
  per_core_second: Comparison;
  /** Processor time of the master for a whole heartbeat, TLS and HTTP included. */
  heartbeat_cpu_ms: Spread;
}

const CHECKS = 600;
const CHECKS_A_SECOND = 400;

/** Credential checks at the master against nothing but Ed25519 verification by Node's crypto, in turns. */
export async function benchCredentials(stage: Stage, rounds: number): Promise<CredentialBench> {
  const pid = stage.pids.get('master');
  if (pid === undefined)
    throw new HarnessError('the master is no process of ours: its processor time is not known');
  const workers = await crowd(stage.session, 'node', 4);
  await register(stage, workers);
  const whole: number[] = [];
  const spent = async (work: () => Promise<unknown>): Promise<number> => {
    const before = await usageOf(pid);
    await work();
    const after = await usageOf(pid);
    if (!before || !after)
      throw new HarnessError('this system does not tell the processor time of a process');
    return (after.cpuSeconds - before.cpuSeconds) / CHECKS;
  };
  const traffic = {
    title: 'bench',
    server: 'master' as const,
    rate: CHECKS_A_SECOND,
    seconds: CHECKS / CHECKS_A_SECOND,
    connections: 16,
    expect: [{ status: 200 }],
  };
  const reference = async (): Promise<number> => {
    const arrivals = await heartbeats(workers, CHECKS, CHECKS_A_SECOND);
    const empty = [[{ method: 'GET', path: '/health' }]];
    const beaten = await spent(() => playBuiltin(stage.plan([{ ...traffic, name: 'beats', arrivals }], [])));
    const idle = await spent(() =>
      playBuiltin(stage.plan([{ ...traffic, name: 'empty', arrivals: empty }], [])),
    );
    whole.push(beaten * 1000);
    return 1 / Math.max(beaten - idle, 1e-6);
  };
  const both = await interleave(rounds, reference, () => Promise.resolve(bareVerifies()));
  return {
    per_core_second: compare(both.reference, both.peer),
    heartbeat_cpu_ms: spreadOf(whole.slice(1)),
  };
}

const VERIFYING_MS = 400;

/** How many signatures Node's crypto verifies in a second on one core. */
export function bareVerifies(forMs = VERIFYING_MS): number {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const message = Buffer.alloc(32, 7);
  const signature = sign(null, message, privateKey);
  const began = performance.now();
  let count = 0;
  while (performance.now() - began < forMs) {
    if (!verify(null, message, publicKey, signature)) throw new Error('a good signature was not verified');
    count += 1;
  }
  return (count / (performance.now() - began)) * 1000;
}

function sendsByItself(): never {
  throw new Error('the scheduling scenario sends by itself');
}

/** Median of creation to binding, milliseconds. */
export async function benchScheduling(stage: Stage): Promise<{ p50_ms: number | null; note: string }> {
  const { measures } = await scheduling.run(stage, scaleOf({ full: false }), sendsByItself);
  return { p50_ms: measures[0]?.value ?? null, note: measures[0]?.note ?? '' };
}

const TRANSACTING = 100;

/** Transactions a second at the chain: a coin split and sent, several wallets at a time, each waited for. */
export async function benchChain(stage: Stage, rounds: number): Promise<Spread> {
  const { actors, chain } = stage.session;
  const wallets = await Promise.all(Array.from({ length: 8 }, () => actors.wallet()));
  const rates: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const began = performance.now();
    let sent = 0;
    const work = wallets.map(async (wallet) => {
      while ((sent += 1) <= TRANSACTING) {
        const done = await chain.execute(wallet, (tx) => {
          tx.transferObjects([tx.splitCoins(tx.gas, [1000n])[0]!], wallet.toSuiAddress());
        });
        if (!done.ok) throw new HarnessError(`a transfer failed: ${done.message}`);
      }
    });
    await Promise.all(work);
    rates.push((TRANSACTING / (performance.now() - began)) * 1000);
  }
  return spreadOf(rates.slice(1));
}

export interface SuiteCost {
  selection: string;
  requirements: number;
  seconds: number;
  seconds_per_requirement: number;
  cpu_seconds: number;
  peak_mb: number;
}

/** What a run of a part of the suite itself costs, without the target's own processes. */
export async function benchSuite(selection: string, signal: AbortSignal): Promise<SuiteCost> {
  const dir = await mkdtemp(join(tmpdir(), 'daas-bench-'));
  const began = performance.now();
  const child = spawn(
    process.execPath,
    [
      join(PACKAGE_ROOT, 'conformance/cli/daas.mjs'),
      'run',
      '--only',
      selection,
      '--seed',
      '1',
      '--report-dir',
      dir,
      '--format',
      'none',
    ],
    { stdio: 'ignore', signal },
  );
  let [cpu, peak] = [0, 0];
  const look = async (): Promise<void> => {
    const usage = await usageOf(child.pid ?? -1);
    cpu = Math.max(cpu, usage?.cpuSeconds ?? 0);
    peak = Math.max(peak, usage?.residentMb ?? 0);
  };
  const watching = setInterval(() => void look(), 100);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('exit', resolve);
      child.once('error', reject);
    });
    const seconds = (performance.now() - began) / 1000;
    if (code !== 0) throw new HarnessError(`daas run --only ${selection} ended with ${code}`);
    const { requirements } = JSON.parse(await readFile(join(dir, 'report.json'), 'utf8')) as Report;
    return {
      selection,
      requirements: requirements.length,
      seconds: Math.round(seconds * 10) / 10,
      seconds_per_requirement: Math.round((seconds / requirements.length) * 100) / 100,
      cpu_seconds: Math.round(cpu * 10) / 10,
      peak_mb: Math.round(peak),
    };
  } finally {
    clearInterval(watching);
    await rm(dir, { recursive: true, force: true });
  }
}
