import { readFileSync } from 'node:fs';
import { decodeSuiPrivateKey } from '@mysten/sui/cryptography';
import type { Signer } from '@mysten/sui/cryptography';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Secp256k1Keypair } from '@mysten/sui/keypairs/secp256k1';
import { Secp256r1Keypair } from '@mysten/sui/keypairs/secp256r1';
import { checkClosed } from './config.ts';
import type { WorkerConfig } from './config.ts';
import { ConfigError } from './config-error.ts';
import type { WorkerSeams } from './seams.ts';

const STRICT = { checksFileModes: true, checksKey: true };

/**
 * The staker's key pair: written in the configuration as `suiprivkey1…`, or in a key file that holds
 * one such line or Sui's own keystore (a JSON array of base64 `flag ‖ secret`). Throws ConfigError
 * for a key that is unreadable, open to others, or not the address's.
 */
export function loadWallet(
  config: Pick<WorkerConfig, 'sui_private_key' | 'sui_wallet_address'>,
  rules: Pick<WorkerSeams, 'checksFileModes' | 'checksKey'> = STRICT,
): Signer {
  const source = config.sui_private_key;
  const address = config.sui_wallet_address;
  const pairs = typeof source === 'string' ? [fromBech32(source.trim())] : fromFile(source.keystore, rules);
  const match = rules.checksKey ? pairs.find((pair) => pair.toSuiAddress() === address) : pairs[0];
  if (match === undefined) {
    throw new ConfigError(`sui_private_key is not the key of sui_wallet_address ${address}`);
  }
  return match;
}

function fromFile(path: string, rules: Pick<WorkerSeams, 'checksFileModes'>): Signer[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new ConfigError(`sui_private_key: cannot read the keystore ${path}`, { cause });
  }
  if (rules.checksFileModes) checkClosed(path);
  if (!text.startsWith('[')) return [fromBech32(text)];
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    throw new ConfigError(`sui_private_key: ${path} is not a keystore`);
  }
  if (!Array.isArray(entries) || !entries.every((entry) => typeof entry === 'string')) {
    throw new ConfigError(`sui_private_key: ${path} is not a keystore`);
  }
  return entries.map((entry) => {
    const bytes = Buffer.from(entry, 'base64');
    return pairOf(bytes[0] ?? 255, bytes.subarray(1));
  });
}

function fromBech32(text: string): Signer {
  try {
    const { scheme, secretKey } = decodeSuiPrivateKey(text);
    const flag = { ED25519: 0, Secp256k1: 1, Secp256r1: 2 }[scheme as string] ?? 255;
    return pairOf(flag, secretKey);
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    // The decoder's message may quote its input.
    throw new ConfigError('sui_private_key is not a Sui private key');
  }
}

function pairOf(flag: number, secret: Uint8Array): Signer {
  try {
    if (flag === 0) return Ed25519Keypair.fromSecretKey(secret);
    if (flag === 1) return Secp256k1Keypair.fromSecretKey(secret);
    if (flag === 2) return Secp256r1Keypair.fromSecretKey(secret);
  } catch {
    throw new ConfigError('sui_private_key is not a Sui private key');
  }
  throw new ConfigError('sui_private_key has a signature scheme that is not supported');
}
