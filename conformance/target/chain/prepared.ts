import { resolve } from 'node:path';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { ContractCalls } from '../../drivers/chain/package.ts';
import { bootstrapChain, chainClient } from '../bootstrap.ts';
import { Operator } from '../operator.ts';
import type { ChainConfig, ChainIds, TargetFile } from '../types.ts';
import { loadWallet } from '../wallets.ts';
import type { ChainNode } from './provider.ts';

/** A chain with the contracts of a run on it. */
export interface PreparedChain {
  provider: ChainConfig['provider'];
  url: string;
  ids: ChainIds;
  /** Absent where the target file names no wallets.operator. */
  operator?: Operator;
  /** Only where the suite published the contracts itself. */
  operatorSecretKey?: string;
  /** A gateway's wallet and capability for the suite; absent where the operator may not register one. */
  suiteGateway?: { secretKey: string; cap: string };
}

export interface PrepareOptions {
  file: Pick<TargetFile, 'chain' | 'wallets'>;
  /** Where relative names of the file start. */
  targetDir: string;
  /** PCR0-2, in hex. */
  pcrs: readonly string[];
  /** Under which the contracts tell workers of the master. */
  masterUrl: string | undefined;
  masterAddress: string;
  gatewayAddress: string;
  /** Id of a mutant of the contracts. */
  mutant: string | undefined;
  progress: (line: string) => void;
}

/** Publishes the contracts, or takes those that the target file names, and registers a gateway of the suite's own. */
export async function prepareChain(node: ChainNode, options: PrepareOptions): Promise<PreparedChain> {
  const { file, targetDir } = options;
  const suiteKey = new Ed25519Keypair();
  const { chain: config } = file;
  if (config.provider === 'url') {
    const { provider, url, ...ids } = config;
    const source = file.wallets?.operator;
    if (!source) return { provider, url, ids };
    const signer = await loadWallet('operator', source, targetDir);
    const client = chainClient(url);
    const caps = await findCaps(client, signer.toSuiAddress(), ids.package);
    const operator = new Operator({ client, signer, calls: new ContractCalls(ids), caps });
    if (!caps.admin) return { provider, url, ids, operator };
    const cap = await operator.registerGateway(suiteKey.toSuiAddress());
    return { provider, url, ids, operator, suiteGateway: { secretKey: suiteKey.getSecretKey(), cap } };
  }
  options.progress('publishing the contracts');
  const { ids, operator, operatorKey } = await bootstrapChain({
    chainUrl: node.url,
    faucetUrl: node.faucet ?? node.url,
    masterUrl: options.masterUrl ?? 'https://127.0.0.1:1',
    pcrs: options.pcrs.map((pcr) => Buffer.from(pcr, 'hex')),
    masterAddress: options.masterAddress,
    gatewayAddress: options.gatewayAddress,
    contracts: config.contracts === undefined ? undefined : resolve(targetDir, config.contracts),
    mutant: options.mutant,
  });
  const cap = await operator.registerGateway(suiteKey.toSuiAddress());
  await operator.fund(suiteKey.toSuiAddress(), 10_000_000_000n);
  return {
    provider: config.provider,
    url: node.url,
    ids,
    operator,
    operatorSecretKey: operatorKey.getSecretKey(),
    suiteGateway: { secretKey: suiteKey.getSecretKey(), cap },
  };
}

async function findCaps(client: ReturnType<typeof chainClient>, owner: string, packageId: string) {
  const of = async (type: string): Promise<string | undefined> => {
    const page = await client.core.listOwnedObjects({ owner, type: `${packageId}::${type}`, limit: 1 });
    return page.objects[0]?.objectId;
  };
  return { admin: await of('k8s_gateway::AdminCap'), slash: await of('staking::SlashCap') };
}
