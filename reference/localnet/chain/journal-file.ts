import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Digest } from './bytes.ts';
import type { ChainEvent } from './journal.ts';

/** What a chain began with. */
export interface JournalHeader {
  readonly seed: Uint8Array;
  /** Milliseconds. */
  readonly startMs: number;
  /** `genesisDigest` of its framework. */
  readonly genesis: Digest;
}

/** A data folder that cannot be used: in use, unreadable, or of another version of the localnet. */
export class JournalError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'JournalError';
  }
}

const FORMAT = 1;
const LINE_FEED = 0x0a;

/**
 * The journal of a chain on disk: a header and one line of JSON an event. A line is written before its caller goes on,
 * so a killed process loses nothing that it has answered; a torn last line is dropped. Against a crash of the machine
 * it is safe from the last `close` on.
 */
export class JournalFile {
  readonly header: JournalHeader;
  readonly #file: number;
  readonly #lock: string;
  #unread: Buffer;
  #closed = false;

  private constructor(file: number, lock: string, header: JournalHeader, unread: Buffer) {
    this.#file = file;
    this.#lock = lock;
    this.header = header;
    this.#unread = unread;
  }

  /** Opens the journal of a folder, or begins one there with `fresh`. Throws JournalError. */
  static open(dir: string, fresh: JournalHeader): JournalFile {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const lock = takeLock(dir);
    try {
      const path = join(dir, 'journal.jsonl');
      const file = openSync(path, 'a+', 0o600);
      const bytes = readFileSync(path);
      const whole = bytes.lastIndexOf(LINE_FEED) + 1;
      if (whole < bytes.length) ftruncateSync(file, whole);
      const end = bytes.indexOf(LINE_FEED) + 1;
      if (end > 0) {
        const header = readHeader(dir, bytes.toString('utf8', 0, end));
        if (header.genesis !== fresh.genesis)
          throw new JournalError(`${dir} was made with another framework; begin with a new folder`);
        return new JournalFile(file, lock, header, bytes.subarray(end, whole));
      }
      const seed = Buffer.from(fresh.seed).toString('base64url');
      writeSync(file, `${JSON.stringify({ format: FORMAT, ...fresh, seed })}\n`);
      return new JournalFile(file, lock, fresh, Buffer.alloc(0));
    } catch (error) {
      rmSync(lock, { force: true });
      throw error;
    }
  }

  /** What the file held when it was opened, oldest first. Throws JournalError at a line that is none of ours. */
  *events(): Generator<ChainEvent> {
    const bytes = this.#unread;
    this.#unread = Buffer.alloc(0);
    for (let from = 0, number = 2; from < bytes.length; number++) {
      const end = bytes.indexOf(LINE_FEED, from);
      try {
        yield decode(bytes.toString('utf8', from, end));
      } catch (cause) {
        if (!(cause instanceof SyntaxError)) throw cause;
        throw new JournalError(`line ${number} of the journal is damaged`, { cause });
      }
      from = end + 1;
    }
  }

  append(event: ChainEvent): void {
    writeSync(this.#file, `${encode(event)}\n`);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    fsyncSync(this.#file);
    closeSync(this.#file);
    rmSync(this.#lock, { force: true });
  }
}

/** Two processes at one journal would ruin it. A lock whose process is gone does not count. */
function takeLock(dir: string): string {
  const path = join(dir, 'lock');
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx', mode: 0o600 });
      return path;
    } catch (cause) {
      const holder = Number(readOr(path, ''));
      if (attempt > 0 || isAlive(holder))
        throw new JournalError(`${dir} is in use by process ${holder}`, { cause });
      rmSync(path, { force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readOr(path: string, other: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return other;
  }
}

function readHeader(dir: string, line: string): JournalHeader {
  let header: { format?: number; seed: string; startMs: number; genesis: string };
  try {
    header = JSON.parse(line) as typeof header;
  } catch (cause) {
    throw new JournalError(`${dir} holds no journal`, { cause });
  }
  if (header.format !== FORMAT)
    throw new JournalError(`${dir} has format ${header.format}; this version reads ${FORMAT}`);
  return {
    seed: Buffer.from(header.seed, 'base64url'),
    startMs: header.startMs,
    genesis: header.genesis,
  };
}

/** Big integers as decimal text and bytes as base64url, each under a name that says so. */
function encode(event: ChainEvent): string {
  const { atMs, ...rest } = event;
  if (rest.kind !== 'transaction') return JSON.stringify({ at: String(atMs), ...rest });
  const { bytes, signatures, clockVersion, kind, checkpoint } = rest;
  return JSON.stringify({
    at: String(atMs),
    kind,
    checkpoint,
    clock: String(clockVersion),
    tx: Buffer.from(bytes).toString('base64url'),
    sigs: signatures.map((signature) => Buffer.from(signature).toString('base64url')),
  });
}

function decode(line: string): ChainEvent {
  const { at, ...rest } = JSON.parse(line) as { at: string; kind: string } & Record<string, unknown>;
  const atMs = BigInt(at);
  if (rest.kind !== 'transaction') return { atMs, ...rest } as ChainEvent;
  return {
    atMs,
    kind: 'transaction',
    checkpoint: rest['checkpoint'] as Digest,
    clockVersion: BigInt(rest['clock'] as string),
    bytes: Buffer.from(rest['tx'] as string, 'base64url'),
    signatures: (rest['sigs'] as string[]).map((signature) => Buffer.from(signature, 'base64url')),
  };
}
