import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cluster } from './testing/cluster.ts';

let cluster: Cluster;
let folder: string;
beforeAll(async () => {
  cluster = await Cluster.start();
  folder = mkdtempSync(join(tmpdir(), 'worker-main-'));
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/** Runs the worker in a folder with this configuration; stops it when it says that it is ready. */
async function run(config: object): Promise<Ran> {
  const cwd = mkdtempSync(join(folder, 'run-'));
  writeFileSync(join(cwd, 'staker-config.json'), JSON.stringify(config), { mode: 0o600 });
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], { cwd });
  const ran: Ran = { code: null, out: '', err: '' };
  child.stderr.on('data', (chunk: Buffer) => (ran.err += chunk.toString('utf8')));
  child.stdout.on('data', (chunk: Buffer) => {
    ran.out += chunk.toString('utf8');
    if (ran.out.includes('\n')) child.kill('SIGTERM');
  });
  [ran.code] = (await once(child, 'exit')) as [number | null];
  return ran;
}

describe('the worker as a process', () => {
  test('reads staker-config.json beside it, says when it runs, and stops on SIGTERM', async () => {
    const pair = new Ed25519Keypair();
    cluster.world.fund(pair, 20n);
    const ran = await run(cluster.workerConfig('process-1', pair));
    expect([ran.code, JSON.parse(ran.out)]).toEqual([
      0,
      { ready: true, url: cluster.url, pid: expect.any(Number) },
    ]);
    expect(ran.err).not.toContain(pair.getSecretKey().slice(12, 24));
  });

  test('refuses a stake below the minimum with code 2, before it asks the chain', async () => {
    const pair = new Ed25519Keypair();
    const ran = await run(cluster.workerConfig('process-2', pair, { stake_amount: 999_999_999 }));
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(ran.err).toMatch(/stake_amount.*minimum/);
  });

  test('says which reason of the contracts ended its start', async () => {
    const [first, second] = [new Ed25519Keypair(), new Ed25519Keypair()];
    for (const pair of [first, second]) cluster.world.fund(pair, 20n);
    expect((await run(cluster.workerConfig('process-3', first))).code).toBe(0);
    const ran = await run(cluster.workerConfig('process-3', second));
    expect(ran.code).toBe(1);
    expect(ran.err).toMatch(/stake: refused by the chain: AlreadyStaked/);
  });
});
