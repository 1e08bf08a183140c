import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { expect, test } from 'vitest';
import { NativeEd25519Keypair } from './native-ed25519.ts';

test('address and signatures are those of the SDK', async () => {
  for (let i = 0; i < 8; i++) {
    const seed = crypto.getRandomValues(new Uint8Array(32));
    const [native, sdk] = [NativeEd25519Keypair.fromSeed(seed), Ed25519Keypair.fromSecretKey(seed)];
    expect(native.toSuiAddress()).toBe(sdk.toSuiAddress());
    const message = crypto.getRandomValues(new Uint8Array(1 + i * 40));
    expect(await native.signPersonalMessage(message)).toEqual(await sdk.signPersonalMessage(message));
    expect(await native.signTransaction(message)).toEqual(await sdk.signTransaction(message));
  }
});
