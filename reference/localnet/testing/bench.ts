import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { contractSources, testMove } from '../../../contracts/build.ts';
import type { Chain } from '../chain/chain.ts';
import { decodeTransaction } from '../chain/transaction.ts';
import { startLocalnet } from '../localnet.ts';
import { ChainSide } from './differential/chain-side.ts';
import { Ptb } from './differential/ptb.ts';

const MAIN = join(import.meta.dirname, '../main.ts');
const SUI = 1_000_000_000n;

const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
/** Milliseconds of processor time of this process so far. */
const spent = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** From the start of the process to its ready line. The first one may have to compile. */
async function startOfProcess(env: Record<string, string | undefined> = {}): Promise<Start> {
  const began = performance.now();
  const child = spawn(process.execPath, [MAIN, '--parent'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  await once(child.stdout, 'data');
  const took = performance.now() - began;
  const processor = processorTime(child.pid);
  child.stdin.end();
  await once(child, 'exit');
  return { took, processor };
}

interface Start {
  readonly took: number;
  /** Undefined where the system does not say. */
  readonly processor: number | undefined;
}

/** Milliseconds of processor time of another process, from Linux, in steps of 10. */
function processorTime(pid: number | undefined): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return undefined;
  }
}

async function startTimes(): Promise<string[]> {
  const dir = await mkdtemp(join(tmpdir(), 'bench-'));
  try {
    const cold = await startOfProcess({ K3S_DAAS_CACHE_DIR: dir });
    const warm: Start[] = [];
    for (let i = 0; i < 7; i++) warm.push(await startOfProcess({ K3S_DAAS_CACHE_DIR: dir }));
    const inProcess: number[] = [];
    for (let i = 0; i < 5; i++) {
      const began = performance.now();
      const localnet = await startLocalnet();
      inProcess.push(performance.now() - began);
      await localnet[Symbol.asyncDispose]();
    }
    return [
      `start of the process, warm: ${ms(median(warm.map(({ took }) => took)))} (best ${ms(Math.min(...warm.map(({ took }) => took)))}; processor time ${ms(median(warm.map(({ processor }) => processor ?? 0)))}; wanted: under 300 ms)`,
      `start of the process, nothing cached: ${ms(cold.took)}`,
      `start in a process that has done so before: ${ms(median(inProcess))}`,
    ];
  } finally {
    await rm(dir, { recursive: true });
  }
}

/** Signed transfers of a coin, executed as they come from a client: decoded, signatures verified, a checkpoint each. */
async function transactionRate(): Promise<string[]> {
  await using localnet = await startLocalnet();
  const { chain } = localnet;
  const pair = new Ed25519Keypair();
  const sender = pair.toSuiAddress();
  const coins = Array.from({ length: 3000 }, () => localnet.fund(sender, 10n * SUI).id);
  const signed = await Promise.all(
    coins.map(async (coin) => {
      const ptb = new Ptb(chain);
      ptb.give(ptb.mint(1000n), `0x${'ab'.repeat(32)}`);
      const { bytes } = ptb.build(sender, coin, 5_000_000n);
      const { signature } = await pair.signTransaction(bytes);
      return { bytes, signatures: [Buffer.from(signature, 'base64')] };
    }),
  );
  const [began, before] = [performance.now(), spent()];
  for (const { bytes, signatures } of signed) await chain.execute(bytes, signatures);
  const rate = signed.length / ((performance.now() - began) / 1000);
  const each = (spent() - before) / signed.length;
  return [
    `simple transactions a second, signed: ${rate.toFixed(0)} (processor time ${ms(each)} each; wanted: over 1,000)`,
  ];
}

/** A stake, with everything around it here; in the other machine a test's share of a run of many. */
async function stakeCall(): Promise<string[]> {
  await using side = await ChainSide.start();
  const count = 400;
  for (let i = 0; i < 50; i++) side.stake(`0x${(0x20000 + i).toString(16).padStart(64, '0')}`);
  const began = performance.now();
  for (let i = 0; i < count; i++) side.stake(`0x${(0x10000 + i).toString(16).padStart(64, '0')}`);
  const here = (performance.now() - began) / count;
  const [few, many] = [await stakesInMove(1), await stakesInMove(count + 1)];
  const there = Math.max(0, (many - few) / count);
  return [
    `stake call as a transaction here: ${ms(here)}`,
    `stake call in a scenario of the compiler’s Move machine: ${ms(there)}`,
  ];
}

async function stakesInMove(count: number): Promise<number> {
  const test = `#[test_only] module k3s_daas::bench;
#[test] fun stakes() {
    let mut s = k3s_daas::world::begin();
    let mut i = 0;
    while (i < ${count}) {
        k3s_daas::world::stake_user(&mut s, sui::address::from_u256(0x10000 + i), 500_000_000);
        i = i + 1;
    };
    s.end();
}`;
  const sources = Object.entries(await contractSources({ tests: true })).filter(
    ([path]) => !path.startsWith('tests/') || path === 'tests/world.move',
  );
  const began = performance.now();
  const run = await testMove({ files: { ...Object.fromEntries(sources), 'tests/bench.move': test } });
  if (!run.passed) throw new Error(run.output);
  return performance.now() - began;
}

/** Coins, made a few hundred a transaction as a client could. */
async function memory(objects: number): Promise<string[]> {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  await using localnet = await startLocalnet();
  gc();
  const before = process.memoryUsage();
  const owner = `0x${'11'.repeat(32)}`;
  const purse = localnet.fund(owner, 1_000_000n * SUI).id;
  while (localnet.chain.objects.size < objects) make(localnet.chain, owner, purse, 250);
  gc();
  const after = process.memoryUsage();
  const grown = after.heapUsed + after.external - before.heapUsed - before.external;
  const began = performance.now();
  localnet.snapshot();
  const kept = performance.now() - began;
  localnet.restore();
  const restored = performance.now() - began - kept;
  return [
    `memory for ${objects.toLocaleString('en-GB')} objects: ${(grown / 2 ** 20).toFixed(0)} MiB, ${(grown / objects).toFixed(0)} bytes each (resident: ${(after.rss / 2 ** 20).toFixed(0)} MiB)`,
    `snapshot of them: ${ms(kept)}, restore: ${ms(restored)}`,
  ];
}

function make(chain: Chain, owner: string, purse: string, count: number): void {
  const ptb = new Ptb(chain);
  for (let i = 0; i < count; i++) ptb.give(ptb.mint(1n), owner);
  const { result } = chain.executeTrusted(decodeTransaction(ptb.build(owner, purse).bytes));
  if (result.effects.failure !== undefined) throw result.effects.failure;
}

const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'})`;
process.stdout.write(`Node ${process.versions.node}, ${machine}, load ${loadavg()[0]?.toFixed(1)}\n`);
for (const part of [startTimes, transactionRate, stakeCall, () => memory(100_000)])
  for (const line of await part()) process.stdout.write(`${line}\n`);
