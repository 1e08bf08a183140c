import { randomBytes as systemRandomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemClock } from '../protocol/clock.ts';
import { lockDirectory } from './directory-lock.ts';
import type { scanFrames } from './frame.ts';
import { Keyring, keyringFile } from './keyring.ts';
import { MemoryStore } from './memory-store.ts';
import { logName, recover, removeBefore, snapshotName, type Recovered } from './recovery.ts';
import { GcmCipher, type SealCipher } from './seal-cipher.ts';
import type { SealingStoreOptions } from './sealing-store-options.ts';
import { writeSnapshot } from './snapshot.ts';
import { StoreState } from './store-state.ts';
import { WriteAheadLog, type SyncPolicy } from './write-ahead-log.ts';

export interface SealedStoreOptions extends SealingStoreOptions {
  /** Made (mode 0700) when it is not there. */
  directory: string;
  sync?: SyncPolicy;
  /** Log size above which a snapshot is made, unless the last snapshot is larger still; default 16 MiB. */
  compactAboveBytes?: number;
  /** Reads the frames of a log at opening; scanFrames by default. */
  scan?: typeof scanFrames;
  /** How written data is made durable; default fdatasync. */
  datasync?: (handle: FileHandle) => Promise<void>;
}

/** What a store holds and how it stands, for metrics. */
export interface SealedStoreUsage {
  entries: number;
  bytes: number;
  watches: number;
  logBytes: number;
  /** Id of the key for new data. */
  keyId: number;
  /** Keys that something on disk may still be sealed under. */
  keys: number;
}

/**
 * A KeyValueStore that outlives its process: every write is in an encrypted log before anybody is told
 * that it is stored. Open it with `openSealedStore`.
 */
export class SealedStore extends MemoryStore {
  readonly #state: StoreState;
  readonly #log: WriteAheadLog;
  readonly #keyring: Keyring;
  readonly #cipher: SealCipher;
  readonly #lock: AsyncDisposable;
  readonly #options: SealedStoreOptions;
  readonly #timer: NodeJS.Timeout | undefined;
  #nextLog: number;
  #oldLogBytes: number;
  #snapshotBytes: number;
  #maintenance: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  /** Bytes of an unfinished last write that opening cut off. */
  readonly tornBytes: number;

  /** @internal */
  constructor(parts: SealedStoreParts) {
    const { options, state, log, keyring, cipher, lock, recovered } = parts;
    const { clock = systemClock, limits = {}, policy, maintenanceIntervalMs: interval = 1000 } = options;
    super({
      clock,
      limits,
      journal: options.journal?.(log) ?? log,
      state,
      sweepIntervalMs: interval,
      ...(policy && { policy }),
    });
    this.#options = options;
    this.#state = state;
    this.#log = log;
    this.#keyring = keyring;
    this.#cipher = cipher;
    this.#lock = lock;
    this.tornBytes = recovered.tornBytes;
    // The log that is open now has recovered.nextLog itself.
    this.#nextLog = recovered.nextLog + 1;
    this.#oldLogBytes = recovered.logBytes;
    this.#snapshotBytes = recovered.snapshotBytes;
    const report = options.onError ?? (() => undefined);
    if (interval > 0) this.#timer = setInterval(() => void this.maintain().catch(report), interval).unref();
  }

  override get usage(): SealedStoreUsage {
    const logBytes = this.#log.bytes + this.#oldLogBytes;
    return { ...super.usage, logBytes, keyId: this.#keyring.active.id, keys: this.#keyring.size };
  }

  /** Rotates the key when it is old, finishes a rotation that was cut short, compacts a long log. */
  async maintain(): Promise<void> {
    const { keyRotationSeconds, clock = systemClock, compactAboveBytes = 16 << 20 } = this.#options;
    if (this.#keyring.isDue(clock.nowMs(), keyRotationSeconds)) return this.rotateKey();
    const logBytes = this.#log.bytes + this.#oldLogBytes;
    if (this.#keyring.size > 1 || logBytes > Math.max(compactAboveBytes, this.#snapshotBytes)) {
      return this.compact();
    }
    return undefined;
  }

  /**
   * Seals new data under a fresh key at once and everything else soon after; resolves when the old
   * keys are no longer needed and are gone. Reads and writes go on meanwhile.
   */
  rotateKey(): Promise<void> {
    return this.#exclusively(async () => {
      await this.#keyring.rotate();
      await this.#compact();
    });
  }

  /** Replaces the log by a snapshot sealed under the active key. */
  compact(): Promise<void> {
    return this.#exclusively(() => this.#compact());
  }

  override close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer);
    await super.close();
    await this.#maintenance;
    await this.#log.close();
    await this.#lock[Symbol.asyncDispose]();
  }

  /** One piece of maintenance at a time. */
  #exclusively(work: () => Promise<void>): Promise<void> {
    const done = this.#maintenance.then(() => (this.#closing ? undefined : work()));
    this.#maintenance = done.catch(() => undefined);
    return done;
  }

  async #compact(): Promise<void> {
    const { directory } = this.#options;
    const { id } = this.#keyring.active;
    // From here on writes go to a new log; the state may already hold some of them, which is harmless,
    // since replaying skips what the snapshot has.
    const log = join(directory, logName(this.#nextLog++));
    const last = await this.#log.switchTo(log);
    const { revision } = this.#state;
    if (revision < last) throw new Error(`revision ${last} is in the old log, but not applied yet`);
    const records = [...this.#state.records()];
    this.#snapshotBytes = await writeSnapshot(
      join(directory, snapshotName(revision)),
      records,
      revision,
      this.#cipher,
    );
    await removeBefore(directory, revision, basename(log));
    this.#oldLogBytes = 0;
    if (this.#keyring.size > 1) await this.#keyring.dropBefore(id);
  }
}

interface SealedStoreParts {
  options: SealedStoreOptions;
  state: StoreState;
  log: WriteAheadLog;
  keyring: Keyring;
  cipher: SealCipher;
  lock: AsyncDisposable;
  recovered: Recovered;
}

/**
 * Opens the store in a directory and recovers what it held. Rejects with UnsealError (another
 * measurement), StoreCorruptError (damage) or DirectoryInUseError.
 */
export async function openSealedStore(options: SealedStoreOptions): Promise<SealedStore> {
  const {
    directory,
    sealing,
    clock = systemClock,
    randomBytes = systemRandomBytes,
    sync = 'always',
  } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const lock = await lockDirectory(directory);
  try {
    const keyring = await Keyring.open({
      place: keyringFile(join(directory, 'keyring.json')),
      sealing,
      clock,
      randomBytes,
    });
    const makeCipher = options.cipher ?? ((keys, random) => new GcmCipher(keys, random));
    const cipher = makeCipher(keyring, randomBytes);
    const state = new StoreState({ changes: 50_000, bytes: 64 << 20, ...options.history });
    const recovered = await recover(directory, state, cipher, options.scan);
    const { datasync } = options;
    const log = await WriteAheadLog.create(join(directory, logName(recovered.nextLog)), {
      cipher,
      sync,
      ...(datasync ? { datasync } : {}),
    });
    return new SealedStore({ options, state, log, keyring, cipher, lock, recovered });
  } catch (error) {
    await lock[Symbol.asyncDispose]();
    throw error;
  }
}
