import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { openWallet } from '../chain/open-wallet.ts';
import { systemClock } from '../protocol/clock.ts';
import type { Clock } from '../protocol/clock.ts';
import { mint } from '../protocol/credential.ts';
import type { CredentialSigner } from '../protocol/credential.ts';

const USAGE = `usage: credential-plugin --keystore FILE --token ID --cluster ID [--one-shot] [--life SECONDS]
kubectl's exec credential plugin: prints an ExecCredential with a fresh session credential.
  --keystore  file with the wallet's private key, mode 0600   (or DAAS_KEYSTORE)
  --token     id of the wallet's SealToken                    (or DAAS_TOKEN)
  --cluster   id of the Cluster, the credential's audience    (or DAAS_CLUSTER)
  --one-shot  each credential passes once: kubectl asks anew for every request
`;

/** Seconds before its end at which kubectl shall ask for the next one. */
const MARGIN_SECONDS = 30;

export interface ExecCredential {
  apiVersion: 'client.authentication.k8s.io/v1';
  kind: 'ExecCredential';
  status: { token: string; expirationTimestamp: string };
}

/** What the plugin prints. A one-shot credential's time lies in the past, so that kubectl never keeps it. */
export async function execCredential(
  signer: CredentialSigner,
  options: {
    token: string;
    cluster: string;
    lifeSeconds: number;
    oneShot: boolean;
    clock: Clock;
    randomBytes: (size: number) => Uint8Array;
  },
): Promise<ExecCredential> {
  const { token, cluster: audience, lifeSeconds, oneShot, clock, randomBytes: random } = options;
  const minted = await mint(signer, { token, audience, clock, randomBytes: random, lifeSeconds });
  const now = Math.floor(clock.nowMs() / 1_000);
  const ends = oneShot ? now - 60 : Math.max(now + 1, minted.expiresAt - MARGIN_SECONDS);
  return {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: {
      token: minted.credential.reveal(),
      expirationTimestamp: new Date(ends * 1_000).toISOString().replace('.000Z', 'Z'),
    },
  };
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      keystore: { type: 'string' },
      token: { type: 'string' },
      cluster: { type: 'string' },
      life: { type: 'string', default: '300' },
      'one-shot': { type: 'boolean', default: false },
    },
  });
  const keystore = values.keystore ?? process.env['DAAS_KEYSTORE'];
  const token = values.token ?? process.env['DAAS_TOKEN'];
  const cluster = values.cluster ?? process.env['DAAS_CLUSTER'];
  if (keystore === undefined || token === undefined || cluster === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const document = await execCredential(await openWallet({ keystore }), {
    token,
    cluster,
    lifeSeconds: Number(values.life),
    oneShot: values['one-shot'],
    clock: systemClock,
    randomBytes,
  });
  process.stdout.write(`${JSON.stringify(document)}\n`);
  return 0;
}

if (import.meta.main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    process.stderr.write(`credential-plugin: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
