import { describe, expect, test } from 'vitest';
import { MemoryStore, type Journal } from './memory-store.ts';
import { bytes, textOf } from './testing/fixtures.ts';
import { StoreFullError, type ConflictError } from './types.ts';

describe('a memory store with a journal', () => {
  /** Holds writes until they are released. */
  class SlowJournal implements Journal {
    readonly waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
    append(): Promise<void> {
      return new Promise((resolve, reject) => void this.waiting.push({ resolve, reject }));
    }
  }

  test('nobody sees a write before it is durable, but later writes are decided on top of it', async () => {
    const journal = new SlowJournal();
    const store = new MemoryStore({ journal, limits: { entries: 1 } });
    const first = store.put('/a', bytes('1'));
    expect(await store.get('/a')).toBeUndefined();
    expect(store.revision).toBe(0);
    await expect(store.put('/b', bytes('2'))).rejects.toThrow(StoreFullError);
    const second = store.put('/a', bytes('2'), { expected: 1 });
    const third = store.delete('/a', { expected: 2 });
    for (const { resolve } of journal.waiting) resolve();
    expect(await first).toMatchObject({ revision: 1 });
    expect(await second).toMatchObject({ revision: 2, created: 1 });
    expect(await third).toMatchObject({ revision: 2 });
    expect(store.revision).toBe(3);
  });

  test('a conflict is told once the write in the way can be read, so that trying again helps', async () => {
    const journal = new SlowJournal();
    const store = new MemoryStore({ journal });
    const first = store.put('/a', bytes('1'));
    const known: string[] = [];
    const late = store.put('/a', bytes('2'), { expected: 0 }).catch((error: ConflictError) => {
      known.push(`conflict with ${error.actual}`);
    });
    const gone = store.delete('/a', { expected: 7 }).catch(() => void known.push('conflict of the delete'));
    await store.get('/b');
    expect(known).toEqual([]);
    journal.waiting[0]?.resolve();
    await Promise.all([first, late, gone]);
    expect(known).toEqual(['conflict with 1', 'conflict of the delete']);
    expect(textOf(await store.get('/a'))).toBe('1');
  });

  test('after it has failed, nothing is written any more and what was there can be read', async () => {
    const journal = new SlowJournal();
    const store = new MemoryStore({ journal });
    const first = store.put('/a', bytes('1'));
    journal.waiting[0]?.resolve();
    await first;
    const second = store.put('/a', bytes('2'));
    journal.waiting[1]?.reject(new Error('disk full'));
    await expect(second).rejects.toThrow('disk full');
    await expect(store.put('/b', bytes('2'))).rejects.toMatchObject({ cause: { message: 'disk full' } });
    expect(textOf(await store.get('/a'))).toBe('1');
  });
});
