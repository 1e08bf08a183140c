import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Holder } from '../chain/testing/chain-world.ts';
import { GatewayWorld } from './testing/gateway-world.ts';

let world: GatewayWorld;
let admin: Holder;
let config: string;
let dataDir: string;
beforeAll(async () => {
  world = await GatewayWorld.start();
  admin = await world.chain.holder('admin');
  const { ids, caps, gateway } = world.chain;
  dataDir = join(world.dir, 'process');
  config = join(world.dir, 'gateway.json');
  const content = {
    listen: { host: '127.0.0.1', port: 0 },
    data_dir: dataDir,
    chain: { url: world.chainUrl, ...ids },
    gateway_cap: caps.gateway,
    wallet: { secret_key: gateway.getSecretKey() },
    master: { urls: [world.master.url], ca: join(world.dir, 'master', 'ca.crt') },
    log: { level: 'debug', file: join(dataDir, 'gateway.log') },
  };
  await writeFile(config, JSON.stringify(content), { mode: 0o600 });
});
afterAll(() => world[Symbol.asyncDispose]());

function launch(args: readonly string[], env: Record<string, string> = {}): ChildProcessWithoutNullStreams {
  const main = join(import.meta.dirname, 'main.ts');
  return spawn(process.execPath, [main, ...args], { env: { ...process.env, ...env } });
}

async function ready(child: ChildProcessWithoutNullStreams): Promise<{ url: string; pid: number }> {
  child.stderr.resume();
  let text = '';
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return JSON.parse(text) as { url: string; pid: number };
}

test('one line when ready; SIGTERM ends open watches cleanly and the process with 0; a second start keeps its CA', async () => {
  const child = launch(['--config', config]);
  const { url, pid } = await ready(child);
  expect(pid).toBe(child.pid);
  const ca = await readFile(join(dataDir, 'ca.crt'), 'utf8');
  const dispatcher = new Agent({ connect: { ca } });
  const credential = await world.credential(admin);
  const headers = { authorization: `Bearer ${credential}` };
  const watch = await request(`${url}/api/v1/pods?watch=true`, { dispatcher, headers });
  expect(watch.statusCode).toBe(200);
  const body = watch.body.text();
  child.kill('SIGTERM');
  const started = performance.now();
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(performance.now() - started).toBeLessThan(10_000);
  // A body that broke off would reject.
  await expect(body).resolves.not.toContain('ERROR');
  await dispatcher.destroy();

  const log = await readFile(join(dataDir, 'gateway.log'), 'utf8');
  expect(log).toContain('/api/v1/pods');
  for (const part of credential.split('.').slice(1)) expect(log).not.toContain(part.slice(0, 12));
  expect((await stat(join(dataDir, 'tls.key'))).mode & 0o777).toBe(0o600);

  const again = launch(['--config', config]);
  await ready(again);
  expect(await readFile(join(dataDir, 'ca.crt'), 'utf8')).toBe(ca);
  again.kill('SIGTERM');
  expect(await once(again, 'exit')).toEqual([0, null]);
});

test.each([
  ['no configuration', [], {}, 2],
  ['an unknown mutant', ['--config', 'CONFIG'], { K3S_DAAS_MUTANT: 'nothing-like-it' }, 1],
])('%s: a line on stderr and a code', async (_, args, env, code) => {
  const child = launch(
    args.map((arg) => (arg === 'CONFIG' ? config : arg)),
    env,
  );
  const errors: string[] = [];
  child.stderr.on('data', (chunk) => errors.push(String(chunk)));
  expect(await once(child, 'close')).toEqual([code, null]);
  expect(errors.join('')).toMatch(/^gateway: .*\n$/);
});
