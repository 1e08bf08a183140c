import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockDirectory } from './directory-lock.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'daas-lock-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const startOf = async (pid: number): Promise<string> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
};

test.runIf(process.platform === 'linux')('counts while the very process that took it runs', async () => {
  await writeFile(join(dir, 'lock'), `${process.ppid} ${await startOf(process.ppid)}`);
  await expect(lockDirectory(dir)).rejects.toThrow(`is used by process ${process.ppid}`);
});

test.runIf(process.platform === 'linux')(
  'does not count when another process has its id now, as in a new container',
  async () => {
    await writeFile(join(dir, 'lock'), `${process.ppid} 1`);
    await using _lock = await lockDirectory(dir);
    expect(await readFile(join(dir, 'lock'), 'utf8')).toBe(`${process.pid} ${await startOf(process.pid)}`);
  },
);
