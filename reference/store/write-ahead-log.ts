import { constants, open, type FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { encodeFrame } from './frame.ts';
import { syncDirectory } from './files.ts';
import type { Journal } from './memory-store.ts';
import { encodeRecords } from './record-codec.ts';
import type { SealCipher } from './seal-cipher.ts';
import type { StoreRecord } from './store-state.ts';

/**
 * When a write counts as stored. `always`: after fdatasync, several writes sharing one. A number:
 * after the operating system has it, with fdatasync every so many milliseconds; a power cut may then
 * cost that much. `never`: for tests.
 */
export type SyncPolicy = 'always' | 'never' | number;

export interface WriteAheadLogOptions {
  cipher: SealCipher;
  sync: SyncPolicy;
  /** Most records in one frame; default 1024. */
  batch?: number;
  /** Makes written data durable; by default the system does, with each write or by fdatasync. */
  datasync?: (handle: FileHandle) => Promise<void>;
}

interface Waiting {
  record: StoreRecord;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Name of the context a frame is sealed with: frames cannot be moved, swapped, repeated or left out. */
export function frameContext(file: string, index: number): string {
  return `${basename(file)}#${index}`;
}

/** The append-only file of the newest writes. One frame holds one batch and is synced before the next. */
export class WriteAheadLog implements Journal {
  readonly #options: WriteAheadLogOptions;
  #handle: FileHandle;
  #file: string;
  #frames = 0;
  #bytes = 0;
  #lastRevision = 0;
  #waiting: Waiting[] = [];
  #work: Promise<void> | undefined;
  #failed: unknown;
  #closed = false;
  #dirty = false;
  /** A late sync that is under way. */
  #late: Promise<void> | undefined;
  readonly #timer: NodeJS.Timeout | undefined;

  private constructor(file: string, handle: FileHandle, options: WriteAheadLogOptions) {
    this.#file = file;
    this.#handle = handle;
    this.#options = options;
    const { sync } = options;
    if (typeof sync === 'number') this.#timer = setInterval(() => this.#syncLate(), sync).unref();
  }

  /** Starts a log in a new, empty file. */
  static async create(file: string, options: WriteAheadLogOptions): Promise<WriteAheadLog> {
    return new WriteAheadLog(file, await createFile(file, writesThrough(options)), options);
  }

  /** Bytes in the present file. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves, in the order of the calls, when the record is stored. After a failure nothing is any more. */
  append(record: StoreRecord): Promise<void> {
    if (this.#failed !== undefined) return Promise.reject(this.#failed);
    if (this.#closed) return Promise.reject(new Error('the log is closed'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, resolve, reject });
      this.#work ??= this.#drain();
    });
  }

  /** Goes on in a new file. Resolves to the last revision that is in the old one. */
  async switchTo(file: string): Promise<number> {
    while (this.#work) await this.#work;
    if (this.#failed !== undefined) throw this.#failed;
    const last = this.#lastRevision;
    // Appends wait in line meanwhile, as for a batch.
    const change = async (): Promise<void> => {
      try {
        const next = await createFile(file, writesThrough(this.#options));
        await this.#syncNow();
        await this.#handle.close();
        this.#handle = next;
        this.#file = file;
        this.#frames = 0;
        this.#bytes = 0;
      } catch (error) {
        this.#fail(error, []);
      }
      await this.#writeAll();
    };
    this.#work = change();
    await this.#work;
    if (this.#failed !== undefined) throw this.#failed;
    return last;
  }

  /** Writes what is waiting, syncs and closes the file. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    while (this.#work) await this.#work;
    if (this.#failed === undefined) await this.#syncNow();
    await this.#handle.close();
  }

  /** Waits a turn first, so that writes of the same turn share a frame and its fdatasync. */
  async #drain(): Promise<void> {
    await Promise.resolve();
    await this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#options.batch ?? 1024);
      try {
        await this.#write(batch.map(({ record }) => record));
      } catch (error) {
        this.#fail(error, batch);
        break;
      }
      for (const { resolve } of batch) resolve();
    }
    this.#work = undefined;
  }

  async #write(records: readonly StoreRecord[]): Promise<void> {
    const { cipher, sync } = this.#options;
    const body = cipher.seal(frameContext(this.#file, this.#frames), encodeRecords(records, cipher));
    const frame = encodeFrame(body);
    for (let written = 0; written < frame.length;) {
      written += (await this.#handle.write(frame, written)).bytesWritten;
    }
    this.#frames += 1;
    this.#bytes += frame.length;
    this.#lastRevision = records.at(-1)?.revision ?? this.#lastRevision;
    if (writesThrough(this.#options)) return;
    if (sync === 'always') await this.#datasync();
    else this.#dirty = sync !== 'never';
  }

  #syncLate(): void {
    if (!this.#dirty || this.#late || this.#failed !== undefined) return;
    this.#dirty = false;
    this.#late = this.#datasync()
      .catch((error: unknown) => this.#fail(error, []))
      .finally(() => {
        this.#late = undefined;
      });
  }

  /** Before the file is closed, which must not happen under a sync; nothing is written meanwhile. */
  async #syncNow(): Promise<void> {
    await this.#late;
    if (!this.#dirty) return;
    this.#dirty = false;
    await this.#datasync();
  }

  async #datasync(): Promise<void> {
    const { datasync = (handle: FileHandle) => handle.datasync() } = this.#options;
    await datasync(this.#handle);
  }

  /** After a failed write or sync the file's contents are unknown: only a restart can tell. */
  #fail(error: unknown, batch: readonly Waiting[]): void {
    this.#failed ??= error;
    const all = [...batch, ...this.#waiting];
    this.#waiting = [];
    for (const { reject } of all) reject(this.#failed);
  }
}

/** Whether the system itself makes each write durable before it is done, which is half the work of asking for it after. */
function writesThrough({ sync, datasync }: WriteAheadLogOptions): boolean {
  return sync === 'always' && datasync === undefined && process.platform === 'linux';
}

async function createFile(file: string, writeThrough: boolean): Promise<FileHandle> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_DSYNC } = constants;
  // O_EXCL: a log that is there is never overwritten.
  const handle = await open(file, O_WRONLY | O_CREAT | O_EXCL | (writeThrough ? O_DSYNC : 0), 0o600);
  await syncDirectory(dirname(file));
  return handle;
}
