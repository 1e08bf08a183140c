import { createPrivateKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** An Ed25519 wallet that signs with OpenSSL: the same signatures as the SDK's, ten times as fast. */
export class NativeEd25519Keypair extends Ed25519Keypair {
  readonly #key: KeyObject;

  private constructor(pair: ConstructorParameters<typeof Ed25519Keypair>[0], key: KeyObject) {
    super(pair);
    this.#key = key;
  }

  /** From a 32-byte seed. */
  static fromSeed(seed: Uint8Array): NativeEd25519Keypair {
    const publicKey = Ed25519Keypair.fromSecretKey(seed).getPublicKey().toRawBytes();
    const der = Buffer.concat([PKCS8_PREFIX, seed]);
    const secretKey = Buffer.concat([seed, publicKey]);
    return new NativeEd25519Keypair(
      { publicKey, secretKey },
      createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
    );
  }

  override sign(data: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    return Promise.resolve(new Uint8Array(sign(null, data, this.#key)));
  }
}
