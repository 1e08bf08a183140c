import { createCipheriv, createDecipheriv } from 'node:crypto';

/** Encrypts for the disk or a database outside the enclave. */
export interface SealCipher {
  /** Seals `plain`; it opens only with the same `context`. */
  seal(context: string, plain: Uint8Array): Uint8Array;
  /** Opens what `seal` made. Throws UnsealError. */
  open(context: string, sealed: Uint8Array): Uint8Array;
}

/** Where data keys come from, by id. */
export interface DataKeys {
  /** The key for new data. */
  readonly active: DataKey;
  get(id: number): DataKey | undefined;
}

export interface DataKey {
  id: number;
  /** 32 bytes. */
  key: Uint8Array;
  /** Unix seconds. */
  createdAt: number;
}

/** Sealed data does not open: damaged, moved to another place, or under a key that is gone. */
export class UnsealError extends Error {
  override readonly name = 'UnsealError';
}

const ALGORITHM = 'aes-256-gcm';
const KEY_ID_LENGTH = 4;
const IV_LENGTH = 12;
const TAG_LENGTH = 16;
/** Bytes by which sealed data is longer than plain data. */
export const SEAL_OVERHEAD = KEY_ID_LENGTH + IV_LENGTH + TAG_LENGTH;

/**
 * AES-256-GCM: key id (4 bytes), IV (12, fresh each time), ciphertext, tag (16). The context, for a
 * value its key path, is associated data, so that values cannot be swapped between paths.
 */
export class GcmCipher implements SealCipher {
  readonly #keys: DataKeys;
  readonly #randomBytes: (size: number) => Uint8Array;

  constructor(keys: DataKeys, randomBytes: (size: number) => Uint8Array) {
    this.#keys = keys;
    this.#randomBytes = randomBytes;
  }

  seal(context: string, plain: Uint8Array): Uint8Array {
    const { id, key } = this.#keys.active;
    const iv = this.#randomBytes(IV_LENGTH);
    const cipher = createCipheriv(ALGORITHM, key, iv);
    cipher.setAAD(Buffer.from(context));
    const head = Buffer.allocUnsafe(KEY_ID_LENGTH);
    head.writeUInt32BE(id);
    return Buffer.concat([head, iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  open(context: string, sealed: Uint8Array): Uint8Array {
    if (sealed.length < SEAL_OVERHEAD)
      throw new UnsealError(`${context}: ${sealed.length} bytes are too few`);
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    const id = bytes.readUInt32BE();
    const key = this.#keys.get(id);
    if (!key) throw new UnsealError(`${context}: sealed under key ${id}, which is gone`);
    const body = KEY_ID_LENGTH + IV_LENGTH;
    const decipher = createDecipheriv(ALGORITHM, key.key, bytes.subarray(KEY_ID_LENGTH, body), {
      authTagLength: TAG_LENGTH,
    });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(bytes.subarray(-TAG_LENGTH));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(body, -TAG_LENGTH)), decipher.final()]);
    } catch (cause) {
      throw new UnsealError(`${context}: does not open under key ${id}`, { cause });
    }
  }
}
