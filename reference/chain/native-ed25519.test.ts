import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { expect, test } from 'vitest';
import { NativeEd25519Wallet } from './native-ed25519.ts';

test('address and signatures are those of the SDK', async () => {
  for (let i = 0; i < 8; i++) {
    const seed = crypto.getRandomValues(new Uint8Array(32));
    const [native, sdk] = [NativeEd25519Wallet.fromSeed(seed), Ed25519Keypair.fromSecretKey(seed)];
    expect(native.toSuiAddress()).toBe(sdk.toSuiAddress());
    const message = crypto.getRandomValues(new Uint8Array(1 + i * 40));
    const [personal, transaction] = [
      await sdk.signPersonalMessage(message),
      await sdk.signTransaction(message),
    ];
    expect(await native.signPersonalMessage(message)).toEqual({ signature: personal.signature });
    expect(await native.signTransaction(message)).toEqual({ signature: transaction.signature });
  }
});

test('a seed of another length is refused', () => {
  expect(() => NativeEd25519Wallet.fromSeed(new Uint8Array(31))).toThrow(RangeError);
});
