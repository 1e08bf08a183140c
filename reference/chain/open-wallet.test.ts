import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeSuiPrivateKey } from '@mysten/sui/cryptography';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Secp256k1Keypair } from '@mysten/sui/keypairs/secp256k1';
import { Secp256r1Keypair } from '@mysten/sui/keypairs/secp256r1';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWallet } from './open-wallet.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wallet-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function keystore(text: string, mode = 0o600): Promise<{ keystore: string }> {
  const path = join(directory, crypto.randomUUID());
  await writeFile(path, text, { mode });
  return { keystore: path };
}

describe.each([
  ['Ed25519', () => new Ed25519Keypair()],
  ['secp256k1', () => new Secp256k1Keypair()],
  ['secp256r1', () => new Secp256r1Keypair()],
])('%s', (_, make) => {
  test('is read from a configuration, a file and a keystore of Sui', async () => {
    const pair = make();
    const text = pair.getSecretKey();
    const flag = { ED25519: 0, Secp256k1: 1, Secp256r1: 2 }[pair.getKeyScheme() as 'ED25519'];
    const entry = Buffer.from([flag, ...decodeSuiPrivateKey(text).secretKey]).toString('base64');
    for (const config of [
      { secret_key: text },
      await keystore(`${text}\n`),
      await keystore(JSON.stringify([entry, 'other'])),
    ]) {
      const wallet = await openWallet(config);
      expect(wallet.toSuiAddress()).toBe(pair.toSuiAddress());
      const { signature } = await wallet.signPersonalMessage(Buffer.from('text'));
      const { signature: wanted } = await pair.signPersonalMessage(Buffer.from('text'));
      expect(signature).toBe(wanted);
    }
  });
});

describe('what cannot be read', () => {
  const secret = new Ed25519Keypair().getSecretKey();
  const damaged = secret.slice(0, -1) + (secret.endsWith('q') ? 'p' : 'q');

  test.each([
    ['another prefix', { secret_key: secret.replace('suiprivkey', 'suipubkey') }],
    ['a wrong checksum', { secret_key: damaged }],
    ['nothing', { secret_key: '' }],
    ['a scheme that is unknown', { secret_key: Buffer.alloc(33, 9).toString('base64') }],
  ])('%s is refused without being quoted', async (_, config) => {
    const refusal: unknown = await openWallet(config).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Error);
    expect(String(refusal)).toMatch(/wallet/);
    if (config.secret_key !== '') expect(String(refusal)).not.toContain(config.secret_key.slice(0, 12));
  });

  test('a keystore that others may read, or that is none', async () => {
    await expect(openWallet(await keystore(secret, 0o644))).rejects.toThrow('0600');
    await expect(openWallet(await keystore('[]'))).rejects.toThrow('is not a keystore');
    await expect(openWallet(await keystore(`["${secret}"`))).rejects.toThrow('is not a keystore');
  });
});
