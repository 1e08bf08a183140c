import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, 'main.ts');

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'faults-test-'));
});
afterEach(() => rm(dir, { recursive: true }));

function start(...args: string[]) {
  const env = { ...process.env, TMPDIR: dir };
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({ ...said, code: code as number | null }));
  return { child, said, ended };
}

describe('the command', () => {
  it('explains itself with examples', async () => {
    const { code, out } = await start('--help').ended;
    expect(code).toBe(0);
    expect(out).toContain('npm run test:faults -- --seed 1 --minutes 5');
    expect(out).toContain('SIGKILL');
  });

  it.each([
    [['--minutes', 'soon'], '--minutes soon is not a number above 0'],
    [['--minutes', '0'], 'above 0'],
    [['--seed', '-1'], '--seed -1 is not a whole number'],
    [['--only', 'flood'], 'there is no fault "flood"'],
    [['--clients', '0'], 'from 1 to 100'],
    [['--env', 'NOTHING'], 'is not KEY=VALUE'],
    [['--target', '/nowhere.yaml'], 'cannot read the target file /nowhere.yaml'],
    [['--surprise'], "unknown option '--surprise'"],
    [['more'], 'too many arguments'],
  ])('refuses %j', async (args, message) => {
    const { code, err, out } = await start(...args).ended;
    expect(err).toContain(message);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  it('interrupted at work says what it saw and leaves nothing behind', async () => {
    const reports = join(dir, 'reports');
    const { child, said, ended } = start(
      '--workers',
      '0',
      '--clients',
      '2',
      '--seed',
      '4',
      '--report-dir',
      reports,
    );
    const working = (): void => {
      if (!said.err.includes('clients at work')) return;
      child.stderr.off('data', working);
      child.kill('SIGINT');
    };
    child.stderr.on('data', working);
    const { code, out } = await ended;
    expect(out).toContain('INTERRUPTED');
    expect(code).toBe(130);
    const left = await readdir(dir);
    expect(left.filter((name) => name.startsWith('daas-') && !name.startsWith('daas-cache'))).toEqual([]);
    const report: unknown = JSON.parse(await readFile(join(reports, 'faults.json'), 'utf8'));
    expect(report).toMatchObject({ schema_version: 1, seed: 4, interrupted: true });
  }, 90_000);
});
