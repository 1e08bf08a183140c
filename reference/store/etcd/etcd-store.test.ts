import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { abortableSleep } from '../../chain/event-stream.ts';
import { ConflictError, StoreFullError, type Entry } from '../types.ts';
import { UnsealError } from '../seal-cipher.ts';
import { sealingOf, textOf } from '../testing/fixtures.ts';
import { EtcdProcess, hasEtcd } from '../testing/etcd.ts';
import { EtcdClient } from './etcd-client.ts';
import { openEtcdStore, type EtcdStore } from './etcd-store.ts';
import { becomeLeader, type Leadership } from './leadership.ts';

const text = (value: string): Buffer => Buffer.from(value);
const plain = (entry: Entry | undefined) => entry && { ...entry, value: textOf(entry) };
const SECRET = 'a very secret value';

describe.skipIf(!hasEtcd)('a store in etcd (needs the program etcd)', () => {
  let etcd: EtcdProcess;
  let client: EtcdClient;
  let runs = 0;
  beforeAll(async () => {
    etcd = await EtcdProcess.start();
    client = new EtcdClient({ endpoints: [etcd.url] });
  });
  afterAll(async () => {
    await client?.close();
    await etcd?.[Symbol.asyncDispose]();
  });

  const prefixOfRun = (): string => `/test/${(runs += 1)}/`;

  async function lead(prefix: string, more: { now?: () => number; name?: string } = {}): Promise<Leadership> {
    return becomeLeader({
      client,
      key: `${prefix}leader`,
      name: more.name ?? `test ${Math.random()}`,
      leaseSeconds: 2,
      sleep: abortableSleep,
      signal: AbortSignal.timeout(10_000),
      ...(more.now && { now: more.now }),
    });
  }

  async function openAs(
    leadership: Leadership,
    prefix: string,
    sealing = sealingOf('enclave'),
  ): Promise<EtcdStore> {
    return openEtcdStore({
      client,
      leadership,
      prefix: `${prefix}objects/`,
      sealing,
      maintenanceIntervalMs: 0,
    });
  }

  it('keeps what was written for whoever leads next, at the same revisions', async () => {
    const prefix = prefixOfRun();
    const first = await lead(prefix);
    const store = await openAs(first, prefix);
    const written = await Promise.all(
      Array.from({ length: 250 }, (_, index) => store.put(`/registry/${index}`, text(`${SECRET} ${index}`))),
    );
    await store.delete('/registry/7');
    const changed = await store.put('/registry/8', text('changed'), { expected: written[8]!.revision });
    const { revision } = store;
    await store.close();
    await first.release();

    const second = await lead(prefix);
    const after = await openAs(second, prefix);
    expect(after.revision).toBe(revision);
    const { entries } = await after.list('/registry/');
    expect(entries).toHaveLength(249);
    expect(await after.get('/registry/7')).toBeUndefined();
    expect(plain(await after.get('/registry/8'))).toEqual(plain(changed));
    expect(plain(await after.get('/registry/9'))).toEqual(plain(written[9]));
    await expect(after.put('/registry/8', text('late'), { expected: 1 })).rejects.toThrow(ConflictError);
    expect((await after.put('/registry/new', text('x'))).revision).toBe(revision + 1);
    await after.close();
    await second.release();
  });

  it('shows etcd neither values nor names', async () => {
    const prefix = prefixOfRun();
    const leader = await lead(prefix);
    const store = await openAs(leader, prefix);
    await store.put('/registry/secrets/default/password', text(SECRET));
    const dump = JSON.stringify(
      (await client.list(prefix)).map(({ key, value }) => [key, value.toString('latin1')]),
    );
    expect(dump).not.toContain(SECRET);
    expect(dump).not.toContain('password');
    const files = await readdir(etcd.directory, { recursive: true, withFileTypes: true });
    for (const file of files.filter((one) => one.isFile())) {
      const bytes = await readFile(join(file.parentPath, file.name));
      for (const form of [SECRET, text(SECRET).toString('base64'), text(SECRET).toString('hex')]) {
        expect(bytes.includes(form)).toBe(false);
      }
    }
    await store.close();
    await leader.release();
  });

  it('takes no write from one who leads no longer, and says so', async () => {
    const prefix = prefixOfRun();
    const old = await lead(prefix);
    const store = await openAs(old, prefix);
    await store.put('/a', text('1'));
    await client.commit([], [{ remove: `${prefix}leader` }]);
    const next = await lead(prefix);
    const newer = await openAs(next, prefix);
    await newer.put('/a', text('2'));
    await expect(store.put('/a', text('3'))).rejects.toThrow('another master leads');
    await expect(store.put('/b', text('3'))).rejects.toThrow();
    expect(textOf(await newer.get('/a'))).toBe('2');
    await newer.close();
    await store.close();
    await Promise.all([old.release(), next.release()]);
  });

  it('stays readable through a rotation of keys beside writes, and for the next leader', async () => {
    const prefix = prefixOfRun();
    const leader = await lead(prefix);
    const store = await openAs(leader, prefix);
    for (let index = 0; index < 30; index += 1) await store.put(`/k/${index}`, text(`old ${index}`));
    const before = new Map(
      (await client.list(`${prefix}objects/`)).map(({ key, value }) => [key, value.toString('hex')]),
    );
    const rotation = store.rotateKey();
    for (let index = 0; index < 30; index += 3) await store.put(`/k/${index}`, text(`new ${index}`));
    await rotation;
    const sealed = await client.list(`${prefix}objects/`);
    expect(sealed.filter(({ key, value }) => before.get(key) === value.toString('hex'))).toEqual([]);
    await store.close();
    await leader.release();
    const next = await lead(prefix);
    const after = await openAs(next, prefix);
    for (let index = 0; index < 30; index += 1) {
      const wanted = index % 3 === 0 ? `new ${index}` : `old ${index}`;
      expect(textOf(await after.get(`/k/${index}`))).toBe(wanted);
    }
    await after.close();
    await next.release();
  });

  it('does not open for another measurement, nor what was moved to another place', async () => {
    const prefix = prefixOfRun();
    const leader = await lead(prefix);
    const store = await openAs(leader, prefix);
    await store.put('/a', text('a'));
    await store.put('/b', text('b'));
    await store.close();
    await expect(openAs(leader, prefix, sealingOf('other'))).rejects.toThrow(UnsealError);
    const [one, other] = await client.list(`${prefix}objects/entries/`);
    await client.commit([], [{ put: one!.key, value: other!.value }]);
    await expect(openAs(leader, prefix)).rejects.toThrow(UnsealError);
    await leader.release();
  });

  it('refuses a value that etcd would not take, and goes on', async () => {
    const prefix = prefixOfRun();
    const leader = await lead(prefix);
    const store = await openAs(leader, prefix);
    await expect(store.put('/big', Buffer.alloc(1_500_000))).rejects.toThrow(StoreFullError);
    await store.put('/large', Buffer.alloc(1_390_000));
    await store.put('/small', text('x'));
    await store.close();
    await leader.release();
  });

  it('has one leader at a time; the next one comes when the lease has run out', async () => {
    const prefix = prefixOfRun();
    let shift = 0;
    const first = await lead(prefix, { now: () => performance.now() + shift, name: 'first' });
    expect(first.isValid).toBe(true);
    const waiting = lead(prefix, { name: 'second' });
    const early = await Promise.race([waiting, abortableSleep(3_000, AbortSignal.timeout(10_000))]);
    expect(early).toBeUndefined();
    // Stood still for longer than its lease: it notices before it answers anybody.
    shift = 60_000;
    expect(first.isValid).toBe(false);
    expect(first.signal.aborted).toBe(true);
    const second = await waiting;
    expect(second.isValid).toBe(true);
    await second.release();
  });

  it('waits for an etcd that stands still, and gives up when its lease must be over', async () => {
    const prefix = prefixOfRun();
    const leader = await lead(prefix);
    const store = await openAs(leader, prefix);
    await store.put('/a', text('1'));
    etcd.signal('SIGSTOP');
    const write = store.put('/a', text('2')).then(
      () => 'stored',
      () => 'refused',
    );
    expect(await write).toBe('refused');
    expect(leader.isValid).toBe(false);
    etcd.signal('SIGCONT');
    const next = await lead(prefix);
    const after = await openAs(next, prefix);
    // Unknown to its writer, but whole: the old value or the new one.
    expect(['1', '2']).toContain(textOf(await after.get('/a')));
    await after.close();
    await next.release();
    await store.close();
  });
});

it('the program etcd is there, or its tests are left out aloud', () => {
  if (hasEtcd) expect(execFileSync('etcd', ['--version']).toString()).toContain('etcd Version');
  else
    process.stderr.write(
      'etcd is not installed: the store in etcd was not tested (Debian: apt-get install etcd-server)\n',
    );
});
