import { readFile, stat } from 'node:fs/promises';
import { bech32 } from '@scure/base';
import { NativeEd25519Wallet } from './native-ed25519.ts';
import type { Wallet } from './types.ts';

/** The wallet of a configuration file. */
export type WalletConfig = { secret_key: string } | { keystore: string };

/** Schemes by the flag byte in front of a key. */
const SCHEMES = ['ED25519', 'Secp256k1', 'Secp256r1'] as const;

/**
 * The wallet's keys. A keystore is a file with one `suiprivkey1…` string, or Sui's own JSON list
 * of which the first entry counts; nobody but its owner may be able to read it. Rejects with an
 * Error that never quotes the key.
 */
export async function openWallet(wallet: WalletConfig): Promise<Wallet> {
  if ('secret_key' in wallet) return walletFrom(wallet.secret_key);
  const { mode } = await stat(wallet.keystore);
  if ((mode & 0o077) !== 0) throw new Error(`${wallet.keystore} can be read by others: set its mode to 0600`);
  const text = (await readFile(wallet.keystore, 'utf8')).trim();
  if (!text.startsWith('[')) return walletFrom(text);
  let first: unknown;
  try {
    const list: unknown = JSON.parse(text);
    first = Array.isArray(list) ? list[0] : undefined;
  } catch {
    // Falls through: the parser's own message would quote the file.
  }
  if (typeof first !== 'string') throw new Error(`${wallet.keystore} is not a keystore`);
  return walletFrom(first);
}

/** The other schemes' key pairs are loaded when one is used: they are rare and large. */
async function walletFrom(text: string): Promise<Wallet> {
  const { scheme, secretKey } = decode(text);
  switch (scheme) {
    case 'ED25519':
      return NativeEd25519Wallet.fromSeed(secretKey);
    case 'Secp256k1':
      return (await import('@mysten/sui/keypairs/secp256k1')).Secp256k1Keypair.fromSecretKey(secretKey);
    case 'Secp256r1':
      return (await import('@mysten/sui/keypairs/secp256r1')).Secp256r1Keypair.fromSecretKey(secretKey);
  }
}

/** Bech32 under `suiprivkey`, or base64 as in Sui's keystore; of flag and key both. */
function decode(text: string): { scheme: (typeof SCHEMES)[number]; secretKey: Uint8Array } {
  let bytes: Uint8Array;
  try {
    bytes = text.startsWith('suiprivkey1') ? bech32.decodeToBytes(text).bytes : Buffer.from(text, 'base64');
  } catch {
    bytes = new Uint8Array();
  }
  if (bytes.length !== 33) throw new Error('the wallet holds no readable private key');
  const scheme = SCHEMES[bytes[0] ?? SCHEMES.length];
  if (scheme === undefined) throw new Error('wallets of this scheme are not supported');
  return { scheme, secretKey: bytes.subarray(1) };
}
