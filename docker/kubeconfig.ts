import { readFile } from 'node:fs/promises';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { mintSession } from '../conformance/drivers/credential.ts';
import { kubeconfig } from '../conformance/drivers/kubeconfig.ts';

/** Prints a kubeconfig for the gateway of compose.yaml. Its credential is good for five minutes: `kubeconfig.ts [admin|user] [server]`. */
const [who = 'admin', server = 'https://localhost:8443'] = process.argv.slice(2);
const wallet = JSON.parse(await readFile(`/data/config/${who}.json`, 'utf8')) as {
  secret_key: string;
  token: string;
  cluster: string;
};
const token = await mintSession(Ed25519Keypair.fromSecretKey(wallet.secret_key), {
  token: wallet.token,
  audience: wallet.cluster,
  lifetime: 300,
});
const ca = await readFile('/data/gateway/ca.crt', 'utf8');
process.stdout.write(kubeconfig({ server, ca, users: [{ name: who, walletFile: '' }], token }));
