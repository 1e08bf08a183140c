import { randomBytes } from 'node:crypto';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { ContractCalls, type StakeKind } from '../drivers/chain/package.ts';
import { createdOf, mustExecute } from '../drivers/chain/transactions.ts';
import type { CheckContext } from '../runner/context.ts';
import { bootstrapChain, type Bootstrapped } from '../target/bootstrap.ts';
import { randomLabel, type Actor } from './actors.ts';

export interface StrangeClusterOptions {
  masterUrl?: string;
  pcrs?: readonly Uint8Array[];
}

/** A cluster that is none of the target's business, on the same chain: package, registry, endpoint and gateway of its own. */
export class StrangeCluster {
  readonly chain: Bootstrapped;
  readonly calls: ContractCalls;
  readonly master: Ed25519Keypair;
  readonly gateway: Ed25519Keypair;
  readonly #t: CheckContext;

  constructor(t: CheckContext, chain: Bootstrapped, master: Ed25519Keypair, gateway: Ed25519Keypair) {
    this.#t = t;
    this.chain = chain;
    this.calls = new ContractCalls(chain.ids);
    this.master = master;
    this.gateway = gateway;
  }

  /** A wallet with a stake and a token of this cluster. */
  async actor(kind: StakeKind, mist = 11_000_000_000n): Promise<Actor> {
    const signer = await this.#t.actors.wallet(mist + 5_000_000_000n);
    const nodeId = kind === 'node' ? `s-${randomLabel()}` : '';
    const { client } = this.#t.chain;
    const staked = await mustExecute('staking elsewhere', client, signer, (tx) =>
      this.calls.stake(tx, kind, mist, nodeId),
    );
    const record = createdOf(staked, '::staking::StakeRecord').id;
    const sealed = await mustExecute('making a token elsewhere', client, signer, (tx) =>
      this.calls.createToken(tx, kind, record),
    );
    const token = createdOf(sealed, '::k8s_gateway::SealToken').id;
    return { kind, signer, address: signer.toSuiAddress(), record, token, nodeId };
  }
}

/** Publishes the contracts once more on the chain of the target, which must be the embedded one. */
export async function strangeCluster(
  t: CheckContext,
  options: StrangeClusterOptions = {},
): Promise<StrangeCluster> {
  t.needs('the embedded chain, where anybody may publish', t.world.chain.provider === 'embedded');
  const [master, gateway] = [new Ed25519Keypair(), new Ed25519Keypair()];
  const chain = await bootstrapChain({
    chainUrl: t.world.chain.url,
    masterUrl: options.masterUrl ?? 'https://127.0.0.1:1',
    pcrs: options.pcrs ?? [randomBytes(48), randomBytes(48), randomBytes(48)],
    masterAddress: master.toSuiAddress(),
    gatewayAddress: gateway.toSuiAddress(),
  });
  return new StrangeCluster(t, chain, master, gateway);
}
