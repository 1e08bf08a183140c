import { crc32 } from 'node:zlib';

/** Magic, length of the body, checksum of the body, checksum of these twelve bytes. */
export const FRAME_HEAD = 16;
const MAGIC = 0x4b33_5346;
const SECTOR = 512;

export interface Frame {
  /** Where it begins in the file. */
  offset: number;
  body: Uint8Array;
}

/** How a file of frames ends. `end` is where the last good frame ends. */
export type FileEnd =
  | { status: 'clean'; end: number }
  /** The last write was cut short, as a crash does; nobody was told that it is stored. */
  | { status: 'torn'; end: number }
  /** Damage that no crash explains. */
  | { status: 'corrupt'; end: number; why: string };

/** Wraps a body into a frame. */
export function encodeFrame(body: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(FRAME_HEAD + body.length);
  frame.writeUInt32BE(MAGIC, 0);
  frame.writeUInt32BE(body.length, 4);
  frame.writeUInt32BE(crc32(body), 8);
  frame.writeUInt32BE(crc32(frame.subarray(0, 12)), 12);
  frame.set(body, FRAME_HEAD);
  return frame;
}

/** Reads frames until the first one that is not whole, and says what is the matter with it. */
export function scanFrames(file: Buffer): { frames: Frame[]; end: FileEnd } {
  const frames: Frame[] = [];
  let at = 0;
  while (at < file.length) {
    const frame = frameAt(file, at);
    if (typeof frame === 'string') return { frames, end: judge(file, at, frame) };
    frames.push(frame);
    at = frame.offset + FRAME_HEAD + frame.body.length;
  }
  return { frames, end: { status: 'clean', end: at } };
}

type Damage = 'short' | 'head' | 'body';

function frameAt(file: Buffer, offset: number): Frame | Damage {
  if (file.length - offset < FRAME_HEAD) return 'short';
  if (!hasHead(file, offset)) return 'head';
  const begin = offset + FRAME_HEAD;
  const end = begin + file.readUInt32BE(offset + 4);
  // The head's own checksum is good, so the length is what was meant, and the rest was never written.
  if (end > file.length) return 'short';
  const body = file.subarray(begin, end);
  return crc32(body) === file.readUInt32BE(offset + 8) ? { offset, body } : 'body';
}

function hasHead(file: Buffer, offset: number): boolean {
  return (
    file.readUInt32BE(offset) === MAGIC &&
    crc32(file.subarray(offset, offset + 12)) === file.readUInt32BE(offset + 12)
  );
}

/**
 * One frame is written and synced at a time, so only the last one can be torn: it is short, or some
 * of its sectors were never written and read as zeros. Anything else would lose acknowledged writes.
 */
function judge(file: Buffer, at: number, damage: Damage): FileEnd {
  if (frameFollows(file, at + 1)) {
    return { status: 'corrupt', end: at, why: `damaged ${damage} of a frame with good ones after it` };
  }
  if (damage === 'short' || hasUnwrittenSector(file, at)) return { status: 'torn', end: at };
  return { status: 'corrupt', end: at, why: `damaged ${damage} of the last frame` };
}

function frameFollows(file: Buffer, from: number): boolean {
  const magic = Buffer.alloc(4);
  magic.writeUInt32BE(MAGIC);
  for (let at = file.indexOf(magic, from); at >= 0; at = file.indexOf(magic, at + 1)) {
    if (at + FRAME_HEAD <= file.length && hasHead(file, at)) return true;
  }
  return false;
}

function hasUnwrittenSector(file: Buffer, from: number): boolean {
  for (let at = from; at < file.length; at = (Math.floor(at / SECTOR) + 1) * SECTOR) {
    const end = Math.min(file.length, (Math.floor(at / SECTOR) + 1) * SECTOR);
    if (file.subarray(at, end).every((byte) => byte === 0)) return true;
  }
  return false;
}
