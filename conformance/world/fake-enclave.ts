import { createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import type { AttestationDocument } from '../drivers/attestation/document.ts';
import { forgeDocument, type ForgeOptions } from '../drivers/attestation/forge.ts';
import { joinMessage } from '../drivers/enclave-signature.ts';
import { attester, derOf, signEs384, type Attester } from './certificates.ts';

/** Changes to an attestation document before it is signed, and to how it is signed. */
export interface Forgery extends ForgeOptions {
  fields?: Partial<AttestationDocument>;
  /** Signs, with its certificate in the document, in place of the true leaf. */
  leaf?: Attester;
  cabundle?: Uint8Array[];
}

/** What a fake master has of an enclave: measurements, a root of its own, a leaf under it, and the response key. */
export class FakeEnclave {
  readonly pcrs: readonly Uint8Array[];
  readonly root: Attester;
  readonly leaf: Attester;
  readonly #key: KeyObject;

  private constructor(pcrs: readonly Uint8Array[], root: Attester, leaf: Attester) {
    this.pcrs = pcrs;
    this.root = root;
    this.leaf = leaf;
    this.#key = generateKeyPairSync('ed25519').privateKey;
  }

  static async make(pcrs: readonly Uint8Array[]): Promise<FakeEnclave> {
    const root = await attester('conformance attestation root');
    return new FakeEnclave(pcrs, root, await attester('conformance enclave', root));
  }

  get rootPem(): string {
    return this.root.certificate.toString('pem');
  }

  /** Ed25519, 32 bytes: the response key. */
  get publicKey(): Uint8Array {
    return rawKey(this.#key);
  }

  /** Signs bytes with the response key. */
  sign(bytes: Uint8Array): Buffer {
    return sign(null, bytes, this.#key);
  }

  /** An attestation document over a nonce: the true one, or one with the changes given. */
  async attest(nonce: Uint8Array | null, forgery: Forgery = {}): Promise<Uint8Array> {
    const leaf = forgery.leaf ?? this.leaf;
    const document: AttestationDocument = {
      module_id: 'i-0123456789abcdef0-enc0123456789abcdef',
      timestamp: Date.now(),
      digest: 'SHA384',
      pcrs: new Map(this.pcrs.map((pcr, index) => [index, pcr])),
      certificate: derOf(leaf),
      cabundle: forgery.cabundle ?? [derOf(this.root)],
      public_key: this.publicKey,
      user_data: Buffer.from('simulated'),
      nonce,
      ...forgery.fields,
    };
    return forgeDocument(document, (message) => signEs384(leaf, message), forgery);
  }

  /** Signed join data for a node, its server being this one. */
  joinData(
    nodeId: string,
    server: string,
    options: { timestampMs?: number; foreignKey?: boolean } = {},
  ): Record<string, unknown> {
    const token = `join.${randomBytes(24).toString('base64url')}`;
    const { timestampMs = Date.now(), foreignKey = false } = options;
    const signed = { nodeId, server, token, keyVersion: 1, timestampMs };
    const key = foreignKey ? generateKeyPairSync('ed25519').privateKey : this.#key;
    return {
      server,
      token,
      timestamp_ms: timestampMs,
      key_version: signed.keyVersion,
      signature: sign(null, joinMessage(signed), key).toString('base64url'),
    };
  }
}

/** The 32 bytes of the public half of an Ed25519 key. */
function rawKey(key: KeyObject): Uint8Array {
  return Buffer.from(String(createPublicKey(key).export({ format: 'jwk' }).x), 'base64url');
}
