import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { abortableSleep } from '../../chain/index.ts';
import { eventually } from '../../master/testing/bench.ts';
import { silentLogger } from '../../protocol/logger.ts';
import { K3sAgent } from './k3s-agent.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'k3s-agent-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A stand-in for k3s that notes how it was called and then does as it is told. */
function program(rest: string): string {
  const path = join(folder, 'k3s');
  const head = `#!/bin/sh\necho "$$ $*" >> ${folder}/calls\nenv > ${folder}/environment\n`;
  writeFileSync(path, head + rest, { mode: 0o755 });
  return path;
}

function agent(
  path: string,
  sleep = (_ms: number, signal: AbortSignal) => abortableSleep(5, signal),
): K3sAgent {
  return new K3sAgent({
    graceMs: 100,
    nodeId: 'n1',
    program: path,
    extraArguments: ['--docker'],
    dataDir: join(folder, 'data'),
    sleep,
    random: () => 0,
    log: silentLogger(),
  });
}

const join1 = { server: 'https://master:6443', token: 'k3s-join.secret', ca: undefined };
const calls = (): string[] => {
  const path = join(folder, 'calls');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
};

describe('the k3s agent', () => {
  test('runs k3s with the join data, keeps the token out of arguments and environment, and leaves nothing', async () => {
    const it = agent(program('exec sleep 60\n'));
    await it.start(join1);
    await eventually(() => (calls().length === 1 ? true : undefined));
    const token = join(folder, 'data', 'join-token');
    expect(calls()[0]).toMatch(
      /agent --server https:\/\/master:6443 --token-file \S+ --node-name n1 --data-dir \S+ --docker$/,
    );
    expect([readFileSync(token, 'utf8'), statSync(token).mode & 0o777]).toEqual([join1.token, 0o600]);
    await eventually(() => (existsSync(join(folder, 'environment')) ? true : undefined));
    expect(calls()[0] + readFileSync(join(folder, 'environment'), 'utf8')).not.toContain('secret');
    expect(it.alive()).toBe(true);
    const pid = Number(calls()[0]?.split(' ')[0]);
    await it.stop();
    expect([it.alive(), existsSync(token)]).toEqual([false, false]);
    expect(() => process.kill(pid, 0)).toThrow();
  });

  test('starts k3s again when it ends by itself', async () => {
    const it = agent(program('exit 1\n'));
    await it.start(join1);
    await eventually(() => (calls().length >= 3 ? true : undefined));
    await it.stop();
    const count = calls().length;
    await abortableSleep(30, new AbortController().signal);
    expect(calls()).toHaveLength(count);
  });

  test('waits longer before each start of one that keeps ending', async () => {
    const pauses: number[] = [];
    const it = agent(program('exit 1\n'), (ms, signal) => {
      pauses.push(ms);
      return abortableSleep(1, signal);
    });
    await it.start(join1);
    await eventually(() => (pauses.length >= 3 ? true : undefined));
    await it.stop();
    expect(pauses.slice(0, 3)).toEqual([500, 1_000, 2_000]);
  });

  test('kills k3s when it hangs and does not end on SIGTERM', async () => {
    const it = agent(program(`trap '' TERM\ntouch ${folder}/deaf\nwhile :; do sleep 0.05; done\n`));
    await it.start(join1);
    await eventually(() => (existsSync(join(folder, 'deaf')) ? true : undefined));
    const pid = Number(calls()[0]?.split(' ')[0]);
    await it.stop();
    expect(() => process.kill(pid, 0)).toThrow();
    expect(it.alive()).toBe(false);
    expect(calls()).toHaveLength(1);
  });

  test('starts k3s with the new join data when the worker has registered again', async () => {
    const it = agent(program('exec sleep 60\n'));
    await it.start(join1);
    await eventually(() => (calls().length === 1 ? true : undefined));
    await it.start({ ...join1, server: 'https://other:6443', token: 'k3s-join.other' });
    await eventually(() => (calls().length === 2 ? true : undefined));
    expect(calls()[1]).toContain('--server https://other:6443');
    expect(readFileSync(join(folder, 'data', 'join-token'), 'utf8')).toBe('k3s-join.other');
    const [first, second] = calls().map((line) => Number(line.split(' ')[0]));
    expect(() => process.kill(first ?? 0, 0)).toThrow();
    expect(process.kill(second ?? 0, 0)).toBe(true);
    await it.stop();
  });

  test('says so when k3s is not there', async () => {
    await expect(agent(join(folder, 'absent')).start(join1)).rejects.toThrow(/ENOENT/);
  });
});
