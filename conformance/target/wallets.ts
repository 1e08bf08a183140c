import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { UsageError } from '../errors.ts';
import type { WalletSource } from './types.ts';

/** Reads the key pair a target file names. `dir` is where relative file names start. */
export async function loadWallet(name: string, source: WalletSource, dir: string): Promise<Ed25519Keypair> {
  const text = await secretOf(name, source, dir);
  try {
    return Ed25519Keypair.fromSecretKey(text.trim());
  } catch (cause) {
    throw new UsageError(`wallets.${name} is not an Ed25519 secret key`, {
      cause,
      hint: 'give the suiprivkey1… string that `sui keytool export` prints',
    });
  }
}

async function secretOf(name: string, source: WalletSource, dir: string): Promise<string> {
  if ('secret_key' in source) return source.secret_key;
  if ('env' in source) {
    const value = process.env[source.env];
    if (value) return value;
    throw new UsageError(`wallets.${name}: the environment variable ${source.env} is not set`, {
      hint: `export ${source.env}=suiprivkey1… before the run`,
    });
  }
  return readFile(resolve(dir, source.file), 'utf8').catch((cause: unknown) => {
    throw new UsageError(`wallets.${name}: cannot read ${source.file}`, { cause });
  });
}
