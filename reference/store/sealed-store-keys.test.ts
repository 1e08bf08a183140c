import { randomBytes } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../protocol/clock.ts';
import { Keyring, keyringFile } from './keyring.ts';
import { bytes, contentsOf, openStore, sealingOf, START_MS, temporaryDirectory } from './testing/fixtures.ts';

async function allBytes(directory: string): Promise<Buffer> {
  const names = await readdir(directory);
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(directory, name)))));
}

describe('secrecy', () => {
  test('neither values nor key paths are in any file, and files are for the owner alone', async () => {
    await using directory = await temporaryDirectory();
    const path = join(directory.path, 'data');
    const store = await openStore(path);
    await store.put('/registry/secrets/default/database', bytes('PLAINTEXT-MARKER-'.repeat(10)));
    await store.compact();
    await store.put('/registry/secrets/default/other', bytes('PLAINTEXT-MARKER-'.repeat(10)));
    await store.rotateKey();
    await store.put('/registry/secrets/default/third', bytes('PLAINTEXT-MARKER-'.repeat(10)));
    const contents = await allBytes(path);
    for (const part of [
      'PLAINTEXT',
      'MARKER',
      'database',
      'registry',
      Buffer.from('PLAINTEXT').toString('base64'),
    ]) {
      expect(contents.includes(part)).toBe(false);
    }
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    for (const name of await readdir(path)) expect((await stat(join(path, name))).mode & 0o077).toBe(0);
    await store.close();
  });

  test('data keys are random: two stores under the same platform key differ', async () => {
    await using one = await temporaryDirectory();
    await using two = await temporaryDirectory();
    for (const { path } of [one, two]) await (await openStore(path)).close();
    expect(await readFile(join(one.path, 'keyring.json'))).not.toEqual(
      await readFile(join(two.path, 'keyring.json')),
    );
  });

  test('an enclave of another measurement cannot open it', async () => {
    await using directory = await temporaryDirectory();
    await (await openStore(directory.path)).close();
    const opening = openStore(directory.path, { sealing: sealingOf('another enclave') });
    await expect(opening).rejects.toMatchObject({
      name: 'UnsealError',
      message: expect.stringContaining('measurement') as string,
    });
    await using again = await openStore(directory.path);
    expect(again.revision).toBe(0);
  });

  test.each([
    '',
    '{}',
    '{"version":1,"active":2,"keys":[]}',
    '{"version":1,"active":1,"keys":[{"id":1,"created_at":1,"sealed":"?"}]}',
  ])('a keyring that reads %j is refused', async (text) => {
    await using directory = await temporaryDirectory();
    await mkdir(directory.path, { recursive: true });
    await writeFile(join(directory.path, 'keyring.json'), text);
    await expect(openStore(directory.path)).rejects.toMatchObject({ name: 'UnsealError' });
  });
});

describe('key rotation', () => {
  test('on demand: everything is under the new key afterwards, and the old one is gone', async () => {
    await using directory = await temporaryDirectory();
    const store = await openStore(directory.path);
    await store.put('/a', bytes('1'));
    await store.rotateKey();
    await store.put('/b', bytes('2'));
    expect(store.usage).toMatchObject({ keyId: 2, keys: 1 });
    const before = await contentsOf(store);
    await store.close();
    await using again = await openStore(directory.path);
    expect(await contentsOf(again)).toEqual(before);
  });

  test('by age, counted from the making of the key and across restarts', async () => {
    await using directory = await temporaryDirectory();
    const clock = new ManualClock(START_MS);
    const options = { clock, keyRotationSeconds: 100 };
    const first = await openStore(directory.path, options);
    clock.advance(60_000);
    await first.maintain();
    expect(first.usage.keyId).toBe(1);
    await first.close();
    clock.advance(40_000);
    await using second = await openStore(directory.path, options);
    await second.maintain();
    expect(second.usage.keyId).toBe(2);
    await second.maintain();
    expect(second.usage.keyId).toBe(2);
  });

  test('that was cut short is finished at the next start, and reads both keys until then', async () => {
    await using directory = await temporaryDirectory();
    await using copy = await temporaryDirectory();
    const store = await openStore(directory.path);
    await store.put('/a', bytes('under the first key'));
    await cp(directory.path, copy.path, { recursive: true });
    // As if the machine stopped between the new key and the new snapshot.
    const file = join(copy.path, 'keyring.json');
    const clock = new ManualClock(START_MS);
    await (
      await Keyring.open({ place: keyringFile(file), sealing: sealingOf('enclave'), clock, randomBytes })
    ).rotate();
    await rm(join(copy.path, 'lock'));
    await using recovered = await openStore(copy.path);
    expect(recovered.usage).toMatchObject({ keyId: 2, keys: 2 });
    await recovered.put('/b', bytes('under the second'));
    expect(await contentsOf(recovered)).toEqual({ '/a': 'under the first key', '/b': 'under the second' });
    await recovered.maintain();
    expect(recovered.usage).toMatchObject({ keyId: 2, keys: 1 });
    await store.close();
  });

  test('lets reads and writes go on', async () => {
    await using directory = await temporaryDirectory();
    await using store = await openStore(directory.path);
    for (let i = 0; i < 500; i++) await store.put(`/k/${i}`, bytes('x'));
    const rotating = store.rotateKey();
    const progress = { during: 0, done: false };
    void rotating.finally(() => (progress.done = true));
    while (!progress.done) {
      await store.put(`/during/${progress.during}`, bytes('x'));
      expect(await store.get('/k/1')).toBeDefined();
      progress.during += 1;
    }
    await rotating;
    expect(progress.during).toBeGreaterThan(0);
  });
});

test('a rotation does not close the file under a sync that is still under way', async () => {
  await using directory = await temporaryDirectory();
  const began = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const datasync = async (handle: FileHandle): Promise<void> => {
    began.resolve();
    await released.promise;
    try {
      await handle.datasync();
    } finally {
      ended.resolve();
    }
  };
  await using store = await openStore(join(directory.path, 'data'), { sync: 1, datasync });
  await store.put('/key/1', bytes('value'));
  await began.promise;
  const rotated = store.rotateKey();
  // Longer than the new file takes to be there.
  await setTimeout(50);
  released.resolve();
  await Promise.all([rotated, ended.promise]);
  await store.put('/key/2', bytes('value'));
  expect(Object.keys(await contentsOf(store))).toEqual(['/key/1', '/key/2']);
});
