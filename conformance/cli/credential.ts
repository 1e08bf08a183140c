import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { mintSession } from '../drivers/credential.ts';
import { UsageError } from '../errors.ts';
import { natural } from './arguments.ts';

interface CredentialOptions {
  wallet: string;
  lifetime: string;
  oneShot?: boolean;
  raw?: boolean;
}

/** What `daas up` writes beside the kubeconfig, one file a wallet. */
export interface WalletFile {
  secret_key: string;
  /** Id of the SealToken. */
  token: string;
  /** Id of the cluster, the credential's audience. */
  cluster: string;
}

const LONGEST_SECONDS = 300;
/** kubectl asks anew this long before a credential ends. */
const MARGIN_SECONDS = 10;

export function credentialCommand(): Command {
  return new Command('credential')
    .description(
      'print a fresh session credential as kubectl’s exec plugin (client.authentication.k8s.io/v1)',
    )
    .requiredOption('-w, --wallet <file>', 'JSON file with secret_key, token and cluster')
    .option('--lifetime <seconds>', `how long it is valid, ${LONGEST_SECONDS} at most`, '240')
    .option('--one-shot', 'let kubectl ask again for every single request')
    .option('--raw', 'print the bare credential, for curl')
    .addHelpText(
      'after',
      '\nExamples:\n  $ curl --cacert ca.crt -H "Authorization: Bearer $(daas credential -w admin.json --raw)" https://127.0.0.1:8443/api/v1/pods\n',
    )
    .action(credential);
}

async function credential(options: CredentialOptions): Promise<void> {
  const lifetime = natural('--lifetime', options.lifetime, 1, LONGEST_SECONDS);
  const wallet = await readWallet(options.wallet);
  const signer = Ed25519Keypair.fromSecretKey(wallet.secret_key);
  const token = await mintSession(signer, { token: wallet.token, audience: wallet.cluster, lifetime });
  if (options.raw) {
    process.stdout.write(`${token}\n`);
    return;
  }
  // A time in the past makes kubectl run the plugin for each request.
  const validMs = options.oneShot ? -1_000 : Math.max(1, lifetime - MARGIN_SECONDS) * 1000;
  const status = { token, expirationTimestamp: new Date(Date.now() + validMs).toISOString() };
  const document = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status };
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

async function readWallet(path: string): Promise<WalletFile> {
  const hint = '`daas up` writes such files; they hold secret_key, token and cluster';
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`cannot read the wallet file ${path}`, { cause, hint });
  });
  let value: Partial<WalletFile>;
  try {
    value = JSON.parse(text) as Partial<WalletFile>;
  } catch (cause) {
    throw new UsageError(`the wallet file ${path} is not JSON`, { cause, hint });
  }
  const missing = (['secret_key', 'token', 'cluster'] as const).filter(
    (name) => typeof value[name] !== 'string',
  );
  if (missing.length > 0)
    throw new UsageError(`the wallet file ${path} lacks ${missing.join(', ')}`, { hint });
  return value as WalletFile;
}
