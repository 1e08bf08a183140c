import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { attester, derOf, signEs384, type Attester } from '../../../world/certificates.ts';
import type { AttestationDocument } from '../document.ts';
import { AttestationFault, type AttestationReason } from '../fault.ts';
import { forgeDocument, type ForgeOptions } from '../forge.ts';
import { verifyAttestation, type AttestationPolicy } from '../verify.ts';

export const NOW = Date.now();
export const NONCE = Buffer.alloc(32, 5);
export const KEY = Buffer.alloc(32, 6);
export const pcr = (value: number): Uint8Array => Buffer.alloc(48, value);

/** Changes to a document that would be believed; those of forging and another leaf too. */
export interface Change extends ForgeOptions {
  fields?: Partial<AttestationDocument>;
  by?: Attester;
}

/** A root, an intermediate and a leaf of the tests' own, and documents under them. */
export class Forge {
  readonly root: Attester;
  readonly middle: Attester;
  readonly leaf: Attester;

  private constructor(root: Attester, middle: Attester, leaf: Attester) {
    this.root = root;
    this.middle = middle;
    this.leaf = leaf;
  }

  static async make(): Promise<Forge> {
    const root = await attester('root');
    const middle = await attester('middle', root, { authority: true });
    return new Forge(root, middle, await attester('leaf', middle));
  }

  /** A document that `policy()` believes, with changes. */
  document(change: Change = {}): Promise<Uint8Array> {
    const by = change.by ?? this.leaf;
    const document: AttestationDocument = {
      module_id: 'i-0-enc0',
      timestamp: NOW,
      digest: 'SHA384',
      pcrs: new Map([0, 1, 2, 3].map((index) => [index, pcr(index + 1)])),
      certificate: derOf(by),
      cabundle: [derOf(this.root), derOf(this.middle)],
      public_key: KEY,
      user_data: null,
      nonce: NONCE,
      ...change.fields,
    };
    return forgeDocument(document, (message) => signEs384(by, message), change);
  }

  policy(change: Partial<AttestationPolicy> = {}): AttestationPolicy {
    const sha256 = createHash('sha256').update(derOf(this.root)).digest('hex');
    return {
      root: { sha256 },
      nowMs: NOW,
      pcrs: [pcr(1), pcr(2), pcr(3)],
      nonce: NONCE,
      publicKey: KEY,
      ...change,
    };
  }

  /** The reason of the refusal, or 'believed'. Anything else that is thrown goes on. */
  judge(bytes: Uint8Array, change: Partial<AttestationPolicy> = {}): AttestationReason | 'believed' {
    try {
      verifyAttestation(bytes, this.policy(change));
      return 'believed';
    } catch (error) {
      if (error instanceof AttestationFault) return error.reason;
      throw error;
    }
  }
}
