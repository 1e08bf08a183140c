import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { kubeconfig } from '../drivers/kubeconfig.ts';
import { Kubectl } from '../drivers/kubectl.ts';
import type { WorldInfo } from '../target/world-info.ts';
import type { Actor } from './actors.ts';

/** A kubectl that acts for one actor, with a folder of its own that `dispose` removes. */
export async function kubectlFor(
  world: WorldInfo,
  actor: Actor,
  options: { oneShot?: boolean } = {},
): Promise<{ kubectl: Kubectl; dispose: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'daas-kubectl-'));
  const walletFile = join(dir, 'wallet.json');
  const signer = actor.signer as Ed25519Keypair;
  const wallet = { secret_key: signer.getSecretKey(), token: actor.token, cluster: world.chain.ids.cluster };
  await writeFile(walletFile, JSON.stringify(wallet), { mode: 0o600 });
  const file = join(dir, 'kubeconfig');
  const text = kubeconfig({
    server: world.gateway?.url ?? '',
    ca: world.gateway?.ca,
    users: [{ name: actor.kind, walletFile }],
    oneShot: options.oneShot ?? false,
  });
  await writeFile(file, text, { mode: 0o600 });
  return {
    kubectl: new Kubectl({ kubeconfig: file, cacheDir: join(dir, 'cache') }),
    dispose: () => rm(dir, { recursive: true, force: true }),
  };
}
