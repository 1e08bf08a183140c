import { open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { scanFrames } from './frame.ts';
import { decodeRecords } from './record-codec.ts';
import type { SealCipher } from './seal-cipher.ts';
import { readSnapshot } from './snapshot.ts';
import { StoreCorruptError } from './store-corrupt-error.ts';
import type { StoreState } from './store-state.ts';
import { frameContext } from './write-ahead-log.ts';

const LOG = /^wal-(\d{16})\.log$/;
const SNAPSHOT = /^snapshot-(\d{16})\.bin$/;

/** Name of the log with a number; each log of a directory has a higher one than those before. */
export function logName(number: number): string {
  return `wal-${String(number).padStart(16, '0')}.log`;
}

/** Name of the snapshot of `revision`. */
export function snapshotName(revision: number): string {
  return `snapshot-${String(revision).padStart(16, '0')}.bin`;
}

export interface Recovered {
  /** Number for the next log. */
  nextLog: number;
  logBytes: number;
  snapshotBytes: number;
  /** Bytes of an unfinished write that were cut off. */
  tornBytes: number;
}

/**
 * Brings `state` to where the store was: the newest snapshot, then every log in order. An unfinished
 * last write is cut off the file; anything else that does not fit rejects with StoreCorruptError.
 */
export async function recover(
  directory: string,
  state: StoreState,
  cipher: SealCipher,
  scan: typeof scanFrames = scanFrames,
): Promise<Recovered> {
  const names = (await readdir(directory)).toSorted();
  for (const name of names.filter((each) => each.endsWith('.tmp'))) await rm(join(directory, name));
  const newest = names.findLast((name) => SNAPSHOT.test(name));
  const snapshotBytes = newest ? await readSnapshot(join(directory, newest), state, cipher) : 0;
  const logs = names.filter((name) => LOG.test(name));
  const nextLog = 1 + Number(LOG.exec(logs.at(-1) ?? '')?.[1] ?? 0);
  const found: Recovered = { nextLog, logBytes: 0, snapshotBytes, tornBytes: 0 };
  for (const [index, name] of logs.entries()) {
    const file = join(directory, name);
    const replayed = await replay(file, state, cipher, scan, index === logs.length - 1);
    found.logBytes += replayed.bytes;
    found.tornBytes += replayed.tornBytes;
    if (replayed.bytes === 0) await rm(file);
  }
  return found;
}

/** Removes the logs and snapshots that a snapshot of `revision`, and the log after it, make superfluous. */
export async function removeBefore(directory: string, revision: number, firstLog: string): Promise<void> {
  const keep = snapshotName(revision);
  for (const name of await readdir(directory)) {
    const old = (LOG.test(name) && name < firstLog) || (SNAPSHOT.test(name) && name < keep);
    if (old) await rm(join(directory, name));
  }
}

async function replay(
  file: string,
  state: StoreState,
  cipher: SealCipher,
  scan: typeof scanFrames,
  isLast: boolean,
): Promise<{ bytes: number; tornBytes: number }> {
  const contents = await readFile(file);
  const { frames, end } = scan(contents);
  if (end.status === 'corrupt') throw new StoreCorruptError(file, end.end, end.why);
  // Earlier logs were complete before the next one was begun.
  if (end.status === 'torn' && !isLast)
    throw new StoreCorruptError(file, end.end, 'an earlier log is cut short');
  for (const [index, frame] of frames.entries()) {
    try {
      const plain = cipher.open(frameContext(file, index), frame.body);
      for (const record of decodeRecords(plain, cipher)) {
        if (record.revision > state.revision) state.apply(record);
      }
    } catch (cause) {
      throw new StoreCorruptError(file, frame.offset, 'a write cannot be read', { cause });
    }
  }
  if (end.status === 'torn') await cut(file, end.end);
  return { bytes: end.end, tornBytes: contents.length - end.end };
}

async function cut(file: string, length: number): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.truncate(length);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
