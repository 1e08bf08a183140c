import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, 'main.ts');

function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  const lines = createInterface({ input: child.stdout });
  return { child, lines, exited: once(child, 'exit') };
}

it('announces itself in one line, serves, and ends at SIGTERM', async () => {
  const { child, lines, exited } = start('--port', '0');
  const seen: string[] = [];
  lines.on('line', (line) => seen.push(line));
  const [line] = (await once(lines, 'line')) as [string];
  const ready = JSON.parse(line) as { url: string; chain_id: string; pid: number };
  expect(ready.pid).toBe(child.pid);
  const client = new SuiGrpcClient({ network: 'localnet', baseUrl: ready.url });
  expect(await client.getChainIdentifier()).toEqual({ chainIdentifier: ready.chain_id });
  const call = client.subscriptionService.subscribeCheckpoints({});
  await call.headers;
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
  expect(seen).toEqual([line]);
});

it('ends with its parent when told to', async () => {
  const { child, lines, exited } = start('--parent');
  await once(lines, 'line');
  child.stdin.end();
  expect(await exited).toEqual([0, null]);
});

it('refuses what is no port', async () => {
  const { exited } = start('--port', 'http');
  expect(await exited).toEqual([2, null]);
});
