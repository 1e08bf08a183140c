import { readFile, stat } from 'node:fs/promises';
import { NativeEd25519Keypair } from './native-ed25519.ts';
import { Secp256k1Keypair } from '@mysten/sui/keypairs/secp256k1';
import { Secp256r1Keypair } from '@mysten/sui/keypairs/secp256r1';
import { decodeSuiPrivateKey } from '@mysten/sui/cryptography';
import type { Keypair } from '@mysten/sui/cryptography';
import { SuiGrpcClient } from '@mysten/sui/grpc';

/** A client for a node's URL. The network's name matters to name services only. */
export function connectChain(url: string): SuiGrpcClient {
  return new SuiGrpcClient({ network: 'localnet', baseUrl: url, format: 'binary', fetch: fetchFromNode });
}

const TOO_MANY_REQUESTS = 429;

/**
 * A node answers failed calls with HTTP 200 and a gRPC status. A 404 or 403 is by something in front of it, and must not be
 * taken for the node's word that there is no such object.
 */
async function fetchFromNode(...request: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...request);
  const { status } = response;
  if (status >= 400 && status < 500 && status !== TOO_MANY_REQUESTS && !response.headers.has('grpc-status'))
    throw new Error(`HTTP status ${status} from something that is no Sui node`);
  return response;
}

/** The wallet of a configuration file. */
export type WalletConfig = { secret_key: string } | { keystore: string };

/**
 * The wallet's key pair. A keystore is a file with one `suiprivkey1…` string, or Sui's own JSON list
 * of which the first entry counts; nobody but its owner may be able to read it. Rejects with an
 * Error that never quotes the key.
 */
export async function openWallet(wallet: WalletConfig): Promise<Keypair> {
  if ('secret_key' in wallet) return keypairFrom(wallet.secret_key);
  const { mode } = await stat(wallet.keystore);
  if ((mode & 0o077) !== 0) throw new Error(`${wallet.keystore} can be read by others: set its mode to 0600`);
  const text = (await readFile(wallet.keystore, 'utf8')).trim();
  if (!text.startsWith('[')) return keypairFrom(text);
  let first: unknown;
  try {
    const list: unknown = JSON.parse(text);
    first = Array.isArray(list) ? list[0] : undefined;
  } catch {
    // Falls through: the parser's own message would quote the file.
  }
  if (typeof first !== 'string') throw new Error(`${wallet.keystore} is not a keystore`);
  return keypairFrom(first);
}

function keypairFrom(text: string): Keypair {
  let scheme: string;
  let secretKey: Uint8Array;
  try {
    if (text.startsWith('suiprivkey1')) {
      ({ scheme, secretKey } = decodeSuiPrivateKey(text));
    } else {
      // Sui's keystore: base64 of flag and key.
      const bytes = Buffer.from(text, 'base64');
      if (bytes.length !== 33) throw new Error('length');
      scheme = ['ED25519', 'Secp256k1', 'Secp256r1'][bytes[0] ?? 255] ?? '';
      secretKey = bytes.subarray(1);
    }
  } catch {
    throw new Error('the wallet holds no readable private key');
  }
  switch (scheme) {
    case 'ED25519':
      return NativeEd25519Keypair.fromSeed(secretKey);
    case 'Secp256k1':
      return Secp256k1Keypair.fromSecretKey(secretKey);
    case 'Secp256r1':
      return Secp256r1Keypair.fromSecretKey(secretKey);
    default:
      throw new Error(`wallets of scheme ${scheme} are not supported`);
  }
}
