import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../protocol/clock.ts';
import { openSealedStore, type SealedStore, type SealedStoreOptions } from '../sealed-store.ts';
import type { Change } from '../types.ts';

/** Bytes of a text. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Text of an entry's value. */
export function textOf(entry: { value: Uint8Array } | undefined): string | undefined {
  return entry && new TextDecoder().decode(entry.value);
}

/** A change in few words. */
function brief(change: Change): string {
  if (change.type === 'delete') return `-${change.key}@${change.revision}`;
  return `+${change.entry.key}@${change.entry.revision}`;
}

/** The next `count` changes of a watch. */
export async function take(watch: AsyncIterable<Change>, count: number): Promise<string[]> {
  const seen: string[] = [];
  for await (const change of watch) {
    seen.push(brief(change));
    if (seen.length === count) break;
  }
  return seen;
}

/** A directory that goes away with the test. */
export async function temporaryDirectory(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'store-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** The sealing of a platform, for a measurement. */
export function sealingOf(measurement: string): SealedStoreOptions['sealing'] {
  return { sealingKey: async (purpose) => createHash('sha256').update(`${measurement} ${purpose}`).digest() };
}

export const START_MS = 1_800_000_000_000;

/** Opens a store that does nothing unless told to. */
export function openStore(
  directory: string,
  options: Partial<SealedStoreOptions> = {},
): Promise<SealedStore> {
  return openSealedStore({
    directory,
    sealing: sealingOf('enclave'),
    clock: new ManualClock(START_MS),
    sync: 'never',
    maintenanceIntervalMs: 0,
    ...options,
  });
}

/** Every key with the text of its value. */
export async function contentsOf(store: SealedStore): Promise<Record<string, string | undefined>> {
  const { entries } = await store.list('');
  return Object.fromEntries(entries.map((entry) => [entry.key, textOf(entry)]));
}

/** Names in a directory that match, in order. */
export async function filesOf(directory: string, pattern: RegExp): Promise<string[]> {
  return (await readdir(directory)).filter((name) => pattern.test(name)).toSorted();
}
