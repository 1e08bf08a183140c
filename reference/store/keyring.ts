import * as v from 'valibot';
import { decodeBase64url, encodeBase64url } from '../protocol/base64url.ts';
import type { Clock } from '../protocol/clock.ts';
import { validate, whole } from '../protocol/schema.ts';
import { readIfThere, writeDurably } from './files.ts';
import { GcmCipher, UnsealError, type DataKey, type DataKeys } from './seal-cipher.ts';

/** The platform's part in sealing; a Tee has it. */
export interface SealingProvider {
  /** 32 bytes that only this measurement on this platform gets. */
  sealingKey(purpose: string): Promise<Uint8Array>;
}

/** Where a keyring is kept; what is written there is sealed. */
export interface KeyringPlace {
  /** For messages. */
  name: string;
  read(): Promise<Uint8Array | undefined>;
  /** Resolves when it is durable. */
  write(bytes: Uint8Array): Promise<void>;
}

/** A file as the place of a keyring. */
export function keyringFile(file: string): KeyringPlace {
  return { name: file, read: () => readIfThere(file), write: (bytes) => writeDurably(file, bytes) };
}

export interface KeyringOptions {
  place: KeyringPlace;
  sealing: SealingProvider;
  clock: Clock;
  randomBytes(size: number): Uint8Array;
}

const fileSchema = v.strictObject({
  version: v.literal(1),
  active: whole(1),
  keys: v.array(
    v.strictObject({ id: whole(1), created_at: whole(Number.MIN_SAFE_INTEGER), sealed: v.string() }),
  ),
});

/** The data keys of a store. Outside they stand encrypted under the platform's sealing key. */
export class Keyring implements DataKeys {
  readonly #options: KeyringOptions;
  readonly #sealer: GcmCipher;
  readonly #keys = new Map<number, DataKey>();
  #active: DataKey;

  private constructor(options: KeyringOptions, sealer: GcmCipher, keys: readonly DataKey[], active: DataKey) {
    this.#options = options;
    this.#sealer = sealer;
    for (const key of keys) this.#keys.set(key.id, key);
    this.#active = active;
  }

  /** Loads the keyring, or makes one with a first key. Rejects with UnsealError for another measurement. */
  static async open(options: KeyringOptions): Promise<Keyring> {
    const platformKey = await options.sealing.sealingKey('store');
    const wrapping: DataKey = { id: 0, key: platformKey, createdAt: 0 };
    const sealer = new GcmCipher({ active: wrapping, get: () => wrapping }, options.randomBytes);
    const text = await options.place.read();
    if (text !== undefined) {
      const keys = parse(Buffer.from(text).toString(), sealer, options.place.name);
      return new Keyring(options, sealer, keys.all, keys.active);
    }
    const first = newKey(1, options);
    const keyring = new Keyring(options, sealer, [first], first);
    await keyring.#save();
    return keyring;
  }

  get active(): DataKey {
    return this.#active;
  }

  /** How many keys are kept, the active one included. */
  get size(): number {
    return this.#keys.size;
  }

  get(id: number): DataKey | undefined {
    return this.#keys.get(id);
  }

  /** Whether the active key is old enough to be replaced. `seconds` 0: never by age. */
  isDue(nowMs: number, seconds = 86_400): boolean {
    return seconds > 0 && nowMs / 1000 - this.#active.createdAt >= seconds;
  }

  /** Makes a new key the active one; the old ones go on opening what they sealed. */
  async rotate(): Promise<DataKey> {
    const key = newKey(this.#active.id + 1, this.#options);
    this.#keys.set(key.id, key);
    // The key must be on disk before anything is sealed under it.
    await this.#save(key);
    this.#active = key;
    return key;
  }

  /** Forgets the keys older than `id`, once nothing on disk is sealed under them. */
  async dropBefore(id: number): Promise<void> {
    for (const old of this.#keys.keys()) if (old < id) this.#keys.delete(old);
    await this.#save();
  }

  #save(active: DataKey = this.#active): Promise<void> {
    const keys = [...this.#keys.values()].map(({ id, createdAt, key }) => ({
      id,
      created_at: createdAt,
      sealed: encodeBase64url(this.#sealer.seal(contextOf(id, createdAt), key)),
    }));
    const text = `${JSON.stringify({ version: 1, active: active.id, keys }, undefined, 2)}\n`;
    return this.#options.place.write(Buffer.from(text));
  }
}

function parse(text: string, sealer: GcmCipher, file: string): { all: DataKey[]; active: DataKey } {
  const parsed = validate(fileSchema, safeJson(text));
  if (!parsed.ok) throw new UnsealError(`${file} is no keyring`);
  const all = parsed.value.keys.map(({ id, created_at: createdAt, sealed }): DataKey => {
    const bytes = decodeBase64url(sealed);
    if (!bytes) throw new UnsealError(`${file}: key ${id} is malformed`);
    return { id, createdAt, key: openKey(sealer, id, createdAt, bytes, file) };
  });
  const active = all.find(({ id }) => id === parsed.value.active);
  if (!active) throw new UnsealError(`${file} lacks its active key ${parsed.value.active}`);
  return { all, active };
}

function openKey(
  sealer: GcmCipher,
  id: number,
  createdAt: number,
  sealed: Uint8Array,
  file: string,
): Uint8Array {
  try {
    return sealer.open(contextOf(id, createdAt), sealed);
  } catch (cause) {
    const hint = 'was it sealed by an enclave of another measurement, or on another platform?';
    throw new UnsealError(`${file}: key ${id} cannot be unsealed; ${hint}`, { cause });
  }
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function contextOf(id: number, createdAt: number): string {
  return `data key ${id} of ${createdAt}`;
}

function newKey(id: number, { randomBytes, clock }: KeyringOptions): DataKey {
  return { id, key: randomBytes(32), createdAt: Math.floor(clock.nowMs() / 1000) };
}
