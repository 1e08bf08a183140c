import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from '../protocol/clock.ts';
import { revisionOf } from './history.ts';
import { MemoryStore } from './memory-store.ts';
import type { SealedStore } from './sealed-store.ts';
import { bytes, openStore, START_MS, temporaryDirectory, textOf } from './testing/fixtures.ts';
import { ConflictError, type Change, type KeyValueStore } from './types.ts';

type Step =
  | { do: 'put'; key: string; value: string; expected: 'right' | 'wrong' | 'any'; ttl: number | undefined }
  | { do: 'delete'; key: string; expected: 'right' | 'wrong' | 'any' }
  | { do: 'tick'; seconds: number }
  | { do: 'restart' | 'rotate' | 'compact' };

interface Known {
  value: string;
  revision: number;
  expires: number;
}

const key = fc.constantFrom('/a/1', '/a/2', '/a/3', '/b/1', '/b/2');
const expected = fc.constantFrom('right', 'any', 'any', 'wrong');
const ttl = fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined, freq: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('put'), key, value: fc.string(), expected, ttl }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete'), key, expected }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('tick'), seconds: fc.integer({ min: 0, max: 15 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('restart', 'rotate', 'compact') }) },
) as fc.Arbitrary<Step>;

/** A Map that keeps revisions and times by hand. */
class Model {
  readonly entries = new Map<string, Known>();
  readonly past = new Map<number, string[]>();
  readonly changes: string[] = [];
  revision = 0;
  now = 0;

  /** Entries that end in the same millisecond leave in any order, so what is between them is not compared. */
  expire(): void {
    const due = [...this.entries].filter(([, { expires }]) => expires <= this.now);
    for (const [each] of due) {
      this.remove(each);
      this.past.delete(this.revision);
    }
    this.remember();
  }

  put(each: string, value: string, seconds: number | undefined): void {
    this.revision += 1;
    const expires = seconds === undefined ? Infinity : this.now + seconds;
    this.entries.set(each, { value, revision: this.revision, expires });
    this.changes.push(`+${each}@${this.revision}`);
    this.remember();
  }

  remove(each: string): void {
    this.revision += 1;
    this.entries.delete(each);
    this.changes.push(`-${each}@${this.revision}`);
    this.remember();
  }

  list(): string[] {
    return [...this.entries].map(([each, { value }]) => `${each}=${value}`).toSorted();
  }

  remember(): void {
    this.past.set(this.revision, this.list());
  }
}

function revisionToExpect(model: Model, each: string, how: 'right' | 'wrong' | 'any'): { expected?: number } {
  const actual = model.entries.get(each)?.revision ?? 0;
  if (how === 'any') return {};
  return { expected: how === 'right' ? actual : actual + 1 };
}

async function follow(store: KeyValueStore, model: Model, each: Step): Promise<void> {
  if (each.do !== 'put' && each.do !== 'delete') return;
  model.expire();
  const options = revisionToExpect(model, each.key, each.expected);
  const ttlSeconds = each.do === 'put' && each.ttl !== undefined ? { ttlSeconds: each.ttl } : {};
  const done =
    each.do === 'put'
      ? store.put(each.key, bytes(each.value), { ...options, ...ttlSeconds })
      : store.delete(each.key, options);
  const outcome = await done.then(
    () => 'done',
    (error: unknown) => (error instanceof ConflictError ? 'conflict' : String(error)),
  );
  expect(outcome).toBe(each.expected === 'wrong' ? 'conflict' : 'done');
  if (outcome !== 'done') return;
  if (each.do === 'put') model.put(each.key, each.value, each.ttl);
  else if (model.entries.has(each.key)) model.remove(each.key);
}

async function compare(store: KeyValueStore, model: Model): Promise<void> {
  model.expire();
  await store.get('/');
  const { entries } = await store.list('/');
  expect(entries.map((entry) => `${entry.key}=${textOf(entry) ?? ''}`)).toEqual(model.list());
  expect(store.revision).toBe(model.revision);
  for (const [each, { revision }] of model.entries) expect((await store.get(each))?.revision).toBe(revision);
}

async function watched(store: KeyValueStore, after: number): Promise<Change[]> {
  const stop = new AbortController();
  const seen: Change[] = [];
  setImmediate(() => stop.abort());
  for await (const change of store.watch('/', after, stop.signal)) seen.push(change);
  return seen;
}

test('the memory store agrees with a Map, now, at every earlier revision, and in what a watch sees', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const clock = new ManualClock(START_MS);
      const store = new MemoryStore({ clock, sweepIntervalMs: 0 });
      const model = new Model();
      for (const each of steps) {
        if (each.do === 'tick') {
          model.now += each.seconds;
          clock.advance(each.seconds * 1000);
        }
        await follow(store, model, each);
        await compare(store, model);
      }
      for (const [revision, then] of model.past) {
        const { entries } = await store.list('/', { revision });
        expect(entries.map((entry) => `${entry.key}=${textOf(entry) ?? ''}`)).toEqual(then);
      }
      const seen = await watched(store, 0);
      expect(seen).toHaveLength(model.changes.length);
      expect(seen.map(revisionOf)).toEqual(Array.from({ length: model.revision }, (_, index) => index + 1));
    }),
  );
});

test('the sealed store agrees with a Map through restarts, key rotations and compactions', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      await using directory = await temporaryDirectory();
      const clock = new ManualClock(START_MS);
      const model = new Model();
      let store: SealedStore = await openStore(directory.path, { clock });
      for (const each of steps) {
        if (each.do === 'tick') {
          model.now += each.seconds;
          clock.advance(each.seconds * 1000);
          model.expire();
          // An expiry is a write; wait for it as for any other.
          await store.get('/');
          await store.put('/settle', bytes(''));
          model.put('/settle', '', undefined);
        } else if (each.do === 'restart') {
          await store.close();
          store = await openStore(directory.path, { clock });
        } else if (each.do === 'rotate') await store.rotateKey();
        else if (each.do === 'compact') await store.compact();
        await follow(store, model, each);
        await compare(store, model);
      }
      await store.close();
    }),
    { numRuns: 40 },
  );
});
