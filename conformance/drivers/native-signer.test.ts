import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { verifyPersonalMessageSignature } from '@mysten/sui/verify';
import { describe, expect, it } from 'vitest';
import { NativeSigner } from './native-signer.ts';

const seed = Buffer.alloc(32, 7);

describe('the native signer', () => {
  it('is the same wallet as the one in JavaScript', () => {
    expect(new NativeSigner(seed).toSuiAddress()).toBe(Ed25519Keypair.fromSecretKey(seed).toSuiAddress());
  });

  it('signs what the one in JavaScript signs, byte for byte', async () => {
    for (const length of [0, 1, 127, 128, 4096]) {
      const message = new Uint8Array(length).fill(length & 0xff);
      const { signature } = await new NativeSigner(seed).signPersonalMessage(message);
      const other = await Ed25519Keypair.fromSecretKey(seed).signPersonalMessage(message);
      expect(signature).toBe(other.signature);
      await verifyPersonalMessageSignature(message, signature);
    }
  });
});
