import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PCRS, World } from './testing/world.ts';

let world: World;
let folder: string;
beforeAll(async () => {
  world = await World.start('https://127.0.0.1:1');
  folder = mkdtempSync(join(tmpdir(), 'master-main-'));
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/** Runs the master; stops it with SIGTERM as soon as it says that it is ready. */
async function run(config: object, environment: Record<string, string> = {}): Promise<Ran> {
  const file = join(folder, `${Math.random()}.json`);
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  const main = join(import.meta.dirname, 'main.ts');
  const child = spawn(process.execPath, [main, '--config', file], {
    env: { ...process.env, ...environment },
  });
  const ran: Ran = { code: null, out: '', err: '' };
  child.stderr.on('data', (chunk: Buffer) => (ran.err += chunk.toString('utf8')));
  child.stdout.on('data', (chunk: Buffer) => {
    ran.out += chunk.toString('utf8');
    if (ran.out.includes('\n')) child.kill('SIGTERM');
  });
  [ran.code] = (await once(child, 'exit')) as [number | null];
  return ran;
}

const config = (name: string): Record<string, unknown> => ({
  listen: { host: '127.0.0.1', port: 0 },
  public_url: 'https://127.0.0.1:1',
  data_dir: join(folder, name),
  chain: { url: world.url, ...world.ids },
  master_cap: world.caps.master,
  wallet: { secret_key: world.master.getSecretKey() },
  tee: { mode: 'simulated', pcrs: PCRS },
});

describe('the master as a process', () => {
  test('says when it is ready, stops on SIGTERM, and keeps its key over a restart', async () => {
    const first = await run(config('data'));
    expect([first.code, JSON.parse(first.out)]).toEqual([
      0,
      { ready: true, url: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/), pid: expect.any(Number) },
    ]);
    expect(readFileSync(join(folder, 'data', 'attestation-root.crt'), 'utf8')).toContain('BEGIN CERTIFICATE');
    const second = await run(config('data'));
    expect(second.code).toBe(0);
    expect(second.err).toContain('"key_version":"1"');
    expect(second.err + first.err).not.toContain('suiprivkey1');
  });

  test('does not open the store of another measurement', async () => {
    await run(config('measured'));
    const other = { ...config('measured'), tee: { mode: 'simulated', pcrs: PCRS.toReversed() } };
    expect((await run(other)).code).toBe(1);
  });

  test.each([
    ['an unknown field', { surprise: 1 }, {}, /surprise/],
    ['a missing field', { master_cap: undefined }, {}, /master_cap/],
    ['TEE_MODE=production without a TEE', {}, { TEE_MODE: 'production' }, /TEE_MODE=production/],
    ['Nitro outside an enclave', { tee: { mode: 'nitro' } }, {}, /nitro|Nitro/],
  ])('refuses %s with code 2 and says why', async (_what, change, environment, message) => {
    const ran = await run({ ...config('refused'), ...change }, environment);
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(ran.err).toMatch(message);
  });
});
