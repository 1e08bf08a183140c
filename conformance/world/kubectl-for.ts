import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { kubeconfig } from '../drivers/kubeconfig.ts';
import { Kubectl } from '../drivers/kubectl.ts';
import type { WorldInfo } from '../target/world-info.ts';
import type { Actor } from './actors.ts';

export interface KubectlOptions {
  /** The credential plugin runs for each single request. */
  oneShot?: boolean;
  /** A credential made beforehand: several times faster than the plugin, which is a process for each command. */
  token?: string;
  /** Path of the binary, the usual one unless told. */
  binary?: string;
}

/** A kubectl that acts for one actor, with a folder of its own that `dispose` removes. */
export async function kubectlFor(
  world: WorldInfo,
  actor: Actor,
  options: KubectlOptions = {},
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
    token: options.token,
  });
  await writeFile(file, text, { mode: 0o600 });
  return {
    kubectl: new Kubectl({ kubeconfig: file, cacheDir: join(dir, 'cache'), binary: options.binary }),
    dispose: () => rm(dir, { recursive: true, force: true }),
  };
}
