import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../protocol/clock.ts';
import { lockDirectory } from './directory-lock.ts';
import { logName } from './recovery.ts';
import {
  bytes,
  contentsOf,
  filesOf,
  openStore,
  START_MS,
  take,
  temporaryDirectory,
  textOf,
} from './testing/fixtures.ts';
import { CompactedError } from './types.ts';

describe('restart', () => {
  test('brings everything back: values, revisions, times to live, and history to watch from', async () => {
    await using directory = await temporaryDirectory();
    const clock = new ManualClock(START_MS);
    const first = await openStore(directory.path, { clock });
    await first.put('/a', bytes('1'));
    await first.put('/b', bytes('2'), { ttlSeconds: 60 });
    await first.put('/a', bytes('3'));
    await first.put('/c', bytes('4'));
    await first.delete('/c');
    await first.close();

    const second = await openStore(directory.path, { clock });
    expect(await contentsOf(second)).toEqual({ '/a': '3', '/b': '2' });
    expect(await second.get('/a')).toMatchObject({ revision: 3, created: 1 });
    expect(second.revision).toBe(5);
    expect(await take(second.watch('/', 2, AbortSignal.timeout(5000)), 3)).toEqual([
      '+/a@3',
      '+/c@4',
      '-/c@5',
    ]);
    clock.advance(60_000);
    expect(await second.get('/b')).toBeDefined();
    await expect.poll(() => second.get('/b')).toBeUndefined();
    expect(await second.put('/a', bytes('5'), { expected: 3 })).toMatchObject({ revision: 7 });
    await second.close();
  });

  test('after a compaction knows the entries, and says that older history is gone', async () => {
    await using directory = await temporaryDirectory();
    const first = await openStore(directory.path);
    for (let i = 0; i < 1000; i++) await first.put(`/k/${i % 700}`, bytes(String(i)));
    await first.compact();
    await first.put('/after', bytes('x'));
    const before = await contentsOf(first);
    await first.close();
    const second = await openStore(directory.path);
    expect(await contentsOf(second)).toEqual(before);
    expect(second.revision).toBe(1001);
    const watch = second.watch('/', 500, AbortSignal.timeout(5000))[Symbol.asyncIterator]();
    await expect(watch.next()).rejects.toThrow(CompactedError);
    expect(await filesOf(directory.path, /snapshot/)).toHaveLength(1);
    await second.close();
  });

  test('with writes going on during a compaction, loses none', async () => {
    await using directory = await temporaryDirectory();
    const first = await openStore(directory.path);
    for (let i = 0; i < 600; i++) await first.put(`/old/${i}`, bytes('x'));
    const writes = Array.from({ length: 300 }, (_, i) => first.put(`/new/${i}`, bytes(String(i))));
    const compacting = first.compact();
    writes.push(...Array.from({ length: 300 }, (_, i) => first.put(`/newer/${i}`, bytes(String(i)))));
    await Promise.all([compacting, first.compact(), ...writes]);
    const before = await contentsOf(first);
    await first.close();
    const second = await openStore(directory.path);
    expect(await contentsOf(second)).toEqual(before);
    expect(Object.keys(before)).toHaveLength(1200);
    await second.close();
  });

  test('is possible from what a crash in a compaction leaves', async () => {
    await using directory = await temporaryDirectory();
    await using copy = await temporaryDirectory();
    const store = await openStore(directory.path);
    await store.put('/a', bytes('1'));
    await cp(directory.path, copy.path, { recursive: true });
    await store.compact();
    await store.put('/b', bytes('2'));
    await store.close();
    // The snapshot is not finished yet; old and new log are both there.
    for (const name of await filesOf(directory.path, /wal/))
      await cp(join(directory.path, name), join(copy.path, name));
    await writeFile(join(copy.path, 'snapshot-0000000000000001.bin.tmp'), 'half');
    await rm(join(copy.path, 'lock'));
    await using recovered = await openStore(copy.path);
    expect(await contentsOf(recovered)).toEqual({ '/a': '1', '/b': '2' });
    expect(await filesOf(copy.path, /tmp/)).toEqual([]);
  });
});

describe('durability', () => {
  test('a write is acknowledged after the sync, and writes of one moment share a sync', async () => {
    await using directory = await temporaryDirectory();
    const events: string[] = [];
    const datasync = async (): Promise<void> => void events.push('sync');
    await using store = await openStore(directory.path, { sync: 'always', datasync });
    await Promise.all(
      [1, 2, 3].map((n) => store.put(`/${n}`, bytes('x')).then(() => events.push(`told ${n}`))),
    );
    expect(events).toEqual(['sync', 'told 1', 'told 2', 'told 3']);
  });

  test('a sync that fails is told to the writer, and nothing is acknowledged after it', async () => {
    await using directory = await temporaryDirectory();
    let fail = false;
    const datasync = async (): Promise<void> => {
      if (fail) throw new Error('input/output error');
    };
    await using store = await openStore(directory.path, { sync: 'always', datasync });
    await store.put('/a', bytes('1'));
    fail = true;
    await expect(store.put('/a', bytes('2'))).rejects.toThrow('input/output error');
    fail = false;
    await expect(store.put('/a', bytes('3'))).rejects.toThrow('journal failed');
    expect(textOf(await store.get('/a'))).toBe('1');
  });

  test('with a late sync, closing syncs what is written', async () => {
    await using directory = await temporaryDirectory();
    let syncs = 0;
    const datasync = async (): Promise<void> => void (syncs += 1);
    const store = await openStore(directory.path, { sync: 60_000, datasync });
    await store.put('/a', bytes('1'));
    expect(syncs).toBe(0);
    await store.close();
    expect(syncs).toBe(1);
  });

  test('with a late sync, the timer syncs what is written, and a failure stops the store', async () => {
    await using directory = await temporaryDirectory();
    let syncs = 0;
    const datasync = async (): Promise<void> => {
      syncs += 1;
      if (syncs > 1) throw new Error('input/output error');
    };
    await using store = await openStore(directory.path, { sync: 1, datasync });
    await store.put('/a', bytes('1'));
    await expect.poll(() => syncs).toBe(1);
    await store.put('/a', bytes('2'));
    await expect.poll(() => syncs).toBe(2);
    await expect(store.put('/a', bytes('3'))).rejects.toThrow('input/output error');
  });

  test('a log that cannot be begun stops the store', async () => {
    await using directory = await temporaryDirectory();
    await using store = await openStore(directory.path);
    await store.put('/a', bytes('1'));
    await writeFile(join(directory.path, logName(2)), 'in the way');
    await expect(store.compact()).rejects.toThrow('EEXIST');
    await expect(store.put('/a', bytes('2'))).rejects.toThrow();
    expect(textOf(await store.get('/a'))).toBe('1');
  });

  test('a long log is compacted by maintenance', async () => {
    await using directory = await temporaryDirectory();
    await using store = await openStore(directory.path, { compactAboveBytes: 1000 });
    for (let i = 0; i < 20; i++) await store.put('/a', bytes('x'.repeat(100)));
    expect(store.usage.logBytes).toBeGreaterThan(1000);
    await store.maintain();
    expect(store.usage.logBytes).toBe(0);
  });
});

describe('the directory', () => {
  test('is for one store at a time', async () => {
    await using directory = await temporaryDirectory();
    await using store = await openStore(directory.path);
    await expect(openStore(directory.path)).rejects.toMatchObject({ name: 'DirectoryInUseError' });
    await store.close();
    await (await openStore(directory.path)).close();
  });

  test('is not held by a process that is gone or was our predecessor in a container', async () => {
    await using directory = await temporaryDirectory();
    for (const pid of ['999999999', String(process.pid), 'nonsense']) {
      await writeFile(join(directory.path, 'lock'), pid);
      await (await openStore(directory.path)).close();
    }
  });

  test('is held by a process that lives', async () => {
    await using directory = await temporaryDirectory();
    await writeFile(join(directory.path, 'lock'), String(process.ppid));
    await expect(lockDirectory(directory.path)).rejects.toThrow(`process ${process.ppid}`);
  });
});
