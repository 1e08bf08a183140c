import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from './files.ts';
import { encodeFrame, scanFrames } from './frame.ts';
import { decodeRecords, encodeRecords } from './record-codec.ts';
import type { SealCipher } from './seal-cipher.ts';
import type { PutRecord, StoreState } from './store-state.ts';
import { StoreCorruptError } from './store-corrupt-error.ts';
import { frameContext } from './write-ahead-log.ts';

const ENTRIES_A_FRAME = 256;
/** Revision and number of entries. */
const FOOTER_LENGTH = 12;

/** Writes a snapshot whole: the file appears under its name only when it is complete and durable. */
export async function writeSnapshot(
  file: string,
  records: readonly PutRecord[],
  revision: number,
  cipher: SealCipher,
): Promise<number> {
  const fresh = `${file}.tmp`;
  const handle = await open(fresh, 'w', 0o600);
  let bytes = 0;
  try {
    let index = 0;
    const append = async (plain: Uint8Array): Promise<void> => {
      const frame = encodeFrame(cipher.seal(frameContext(file, index++), plain));
      await handle.appendFile(frame);
      bytes += frame.length;
    };
    for (let at = 0; at < records.length; at += ENTRIES_A_FRAME) {
      await append(encodeRecords(records.slice(at, at + ENTRIES_A_FRAME), cipher));
    }
    const footer = Buffer.alloc(FOOTER_LENGTH);
    footer.writeUIntBE(revision, 0, 6);
    footer.writeUIntBE(records.length, 6, 6);
    await append(footer);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
  await syncDirectory(dirname(file));
  return bytes;
}

/** Fills an empty state from a snapshot. Rejects with StoreCorruptError when anything is missing. */
export async function readSnapshot(file: string, state: StoreState, cipher: SealCipher): Promise<number> {
  const contents = await readFile(file);
  const { frames, end } = scanFrames(contents);
  const last = frames.at(-1);
  if (end.status !== 'clean' || !last)
    throw new StoreCorruptError(file, end.end, 'the snapshot is not whole');
  let entries = 0;
  for (const [index, frame] of frames.entries()) {
    try {
      const plain = cipher.open(frameContext(file, index), frame.body);
      if (frame === last) finish(state, Buffer.from(plain), entries);
      else entries += seed(state, plain, cipher);
    } catch (cause) {
      throw new StoreCorruptError(file, frame.offset, 'a frame of the snapshot cannot be read', { cause });
    }
  }
  return contents.length;
}

function seed(state: StoreState, plain: Uint8Array, cipher: SealCipher): number {
  const records = decodeRecords(plain, cipher);
  for (const record of records) {
    if (record.type !== 'put') throw new Error('a snapshot has entries only');
    state.seed(record);
  }
  return records.length;
}

function finish(state: StoreState, footer: Buffer, entries: number): void {
  if (footer.length !== FOOTER_LENGTH || footer.readUIntBE(6, 6) !== entries)
    throw new Error('entries are missing');
  state.seeded(footer.readUIntBE(0, 6));
}
