import { cp, readFile, rename, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes, contentsOf, filesOf, openStore, temporaryDirectory } from './testing/fixtures.ts';

async function damaged(change: (file: string) => Promise<void>, pattern: RegExp): Promise<unknown> {
  await using directory = await temporaryDirectory();
  const store = await openStore(directory.path);
  for (const n of [1, 2, 3]) await store.put(`/k/${n}`, bytes(`value ${n}`));
  await store.compact();
  for (const n of [4, 5, 6]) await store.put(`/k/${n}`, bytes(`value ${n}`));
  await store.close();
  const [name = ''] = await filesOf(directory.path, pattern);
  await change(join(directory.path, name));
  try {
    await using opened = await openStore(directory.path);
    return `opened at ${opened.revision}`;
  } catch (error) {
    return error;
  }
}

async function flip(file: string, at: number): Promise<void> {
  const contents = await readFile(file);
  const index = at < 0 ? contents.length + at : at;
  contents[index] = (contents[index] ?? 0) ^ 0x10;
  await writeFile(file, contents);
}

async function reorder(file: string, order: readonly number[]): Promise<void> {
  const contents = await readFile(file);
  const size = contents.length / 3;
  await writeFile(file, Buffer.concat(order.map((n) => contents.subarray(n * size, (n + 1) * size))));
}

describe('a crash in a write', () => {
  test('cut at every byte of the log: what was told to be stored before is there, the rest is cut off', async () => {
    await using directory = await temporaryDirectory();
    const store = await openStore(directory.path);
    const sizes = [0];
    for (const n of [1, 2, 3, 4]) {
      await store.put(`/k/${n}`, bytes(`value ${n}`));
      sizes.push(store.usage.logBytes);
    }
    await store.close();
    const [log = ''] = await filesOf(directory.path, /wal/);
    const whole = await readFile(join(directory.path, log));
    for (let length = 0; length <= whole.length; length++) {
      await using copy = await temporaryDirectory();
      await cp(join(directory.path, 'keyring.json'), join(copy.path, 'keyring.json'));
      await writeFile(join(copy.path, log), whole.subarray(0, length));
      await using recovered = await openStore(copy.path);
      const stored = sizes.findLastIndex((size) => size <= length);
      expect(recovered.revision).toBe(stored);
      expect(Object.keys(await contentsOf(recovered))).toHaveLength(stored);
      expect(recovered.tornBytes).toBe(length - (sizes[stored] ?? 0));
      // Work goes on, and the next start finds a log without a torn end.
      await recovered.put('/next', bytes('x'));
      await recovered.close();
      await using again = await openStore(copy.path);
      expect({ revision: again.revision, torn: again.tornBytes }).toEqual({ revision: stored + 1, torn: 0 });
    }
  });

  test('one batch is there as a whole or not at all', async () => {
    await using directory = await temporaryDirectory();
    const store = await openStore(directory.path);
    await Promise.all(Array.from({ length: 20 }, (_, i) => store.put(`/k/${i}`, bytes('x'))));
    await store.close();
    const [log = ''] = await filesOf(directory.path, /wal/);
    const { size } = await stat(join(directory.path, log));
    await truncate(join(directory.path, log), size - 1);
    await using recovered = await openStore(directory.path);
    expect(recovered.revision).toBe(0);
  });
});

describe('damage', () => {
  test.each([
    ['the first byte of the log', /wal/, 0],
    ['a length in the log', /wal/, 5],
    ['the middle of the log', /wal/, 150],
    ['the end of the log', /wal/, -1],
    ['the snapshot', /snapshot/, 40],
    ['the end of the snapshot', /snapshot/, -1],
  ])('at %s is refused, and the message says where', async (_, pattern, at) => {
    const error = await damaged((file) => flip(file, at), pattern);
    expect(error).toMatchObject({ name: 'StoreCorruptError', offset: expect.any(Number) as number });
    expect(String(error)).toMatch(/(?:wal|snapshot)-\d+\.\w+ is damaged at byte \d+/);
  });

  test('anywhere in the log is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 300 }), async (at) => {
        expect(await damaged((file) => flip(file, at), /wal/)).toMatchObject({ name: 'StoreCorruptError' });
      }),
      { numRuns: 40 },
    );
  });

  test('by a missing frame, a repeated one or another order is refused', async () => {
    for (const order of [
      [0, 2],
      [1, 2],
      [0, 0, 1, 2],
      [1, 0, 2],
    ]) {
      const error = await damaged((file) => reorder(file, order), /wal/);
      expect(error).toMatchObject({ name: 'StoreCorruptError' });
    }
  });

  test('by a cut snapshot is refused', async () => {
    expect(await damaged((file) => truncate(file, 100), /snapshot/)).toMatchObject({
      name: 'StoreCorruptError',
    });
  });

  test('by a log under another name is refused', async () => {
    expect(
      await damaged((file) => rename(file, file.replace(/\d{16}/, '0000000000000009')), /wal/),
    ).toMatchObject({ name: 'StoreCorruptError' });
  });
});
