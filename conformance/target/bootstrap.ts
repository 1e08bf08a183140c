import { SuiGrpcClient } from '@mysten/sui/grpc';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { MoveBuildError, buildContracts } from '../../contracts/build.ts';
import { buildFolder } from '../../contracts/build-folder.ts';
import type { CompiledPackage } from '../../contracts/build.ts';
import { contractMutant } from '../../contracts/mutants.ts';
import { ContractCalls } from '../drivers/chain/package.ts';
import { createdOf, mustExecute } from '../drivers/chain/transactions.ts';
import { UsageError } from '../errors.ts';
import { Operator, fundFromFaucet } from './operator.ts';
import type { ChainIds } from './types.ts';

const OPERATOR_MIST = 1_000_000_000_000n;

/** What must be known before the contracts' objects for a target can be made. */
export interface BootstrapOptions {
  chainUrl: string;
  /** Base URL of the chain's faucet. */
  faucetUrl: string;
  masterUrl: string;
  pcrs: readonly Uint8Array[];
  masterAddress: string;
  gatewayAddress: string;
  /** Folder of a package to publish in place of the bundled one. */
  contracts?: string | undefined;
  /** Id of a mutant: one of the contracts is published in place of the package. */
  mutant?: string | undefined;
}

/** A chain with the package published and the objects of one cluster on it. */
export interface Bootstrapped {
  ids: ChainIds & { gateway_cap: string; master_cap: string };
  operator: Operator;
  operatorKey: Ed25519Keypair;
}

export function chainClient(url: string): SuiGrpcClient {
  return new SuiGrpcClient({ network: 'localnet', baseUrl: url });
}

async function compile({ contracts, mutant }: BootstrapOptions): Promise<CompiledPackage> {
  if (contracts === undefined) return buildContracts({ mutant: contractMutant(mutant) });
  return buildFolder(contracts).catch((cause: unknown) => {
    if (!(cause instanceof MoveBuildError)) throw cause;
    throw new UsageError(`the contracts in ${contracts} do not compile: ${cause.message}`, {
      cause,
      hint: 'see contracts/framework for what of std and sui is there, or leave `chain.contracts` out to use the bundled package',
    });
  });
}

/** Publishes the package of contracts/ on an empty chain and registers a gateway, a master and a cluster. */
export async function bootstrapChain(options: BootstrapOptions): Promise<Bootstrapped> {
  const client = chainClient(options.chainUrl);
  const operatorKey = new Ed25519Keypair();
  const address = operatorKey.toSuiAddress();
  await fundFromFaucet(client, options.faucetUrl, address, OPERATOR_MIST);

  const compiled = await compile(options);
  const published = await mustExecute('publishing the contracts', client, operatorKey, (tx) => {
    const cap = tx.publish({
      modules: compiled.modules.map((bytes) => [...bytes]),
      dependencies: compiled.dependencies,
    });
    tx.transferObjects([cap], address);
  });
  const stakingPool = createdOf(published, '::staking::StakingPool');
  const ids: ChainIds = {
    package: stakingPool.type.split('::')[0] ?? '',
    pool: stakingPool.id,
    registry: createdOf(published, '::k8s_gateway::Registry').id,
    cluster: '',
    endpoint: '',
  };
  const calls = new ContractCalls(ids);
  const operator = new Operator({
    client,
    signer: operatorKey,
    calls,
    caps: {
      admin: createdOf(published, '::k8s_gateway::AdminCap').id,
      slash: createdOf(published, '::staking::SlashCap').id,
    },
    faucet: options.faucetUrl,
  });
  const adminCap = operator.caps.admin!;
  const endpoint = await operator.run('registering the master', (tx) =>
    calls.registerEndpoint(tx, adminCap, options.masterUrl, options.pcrs, options.masterAddress),
  );
  ids.endpoint = createdOf(endpoint, '::k8s_gateway::NautilusEndpoint').id;
  const cluster = await operator.run('making the cluster', (tx) =>
    calls.createCluster(tx, ids.endpoint, 'conformance'),
  );
  ids.cluster = createdOf(cluster, '::k8s_interface::Cluster').id;
  const gatewayCap = await operator.registerGateway(options.gatewayAddress);
  for (const owner of [options.gatewayAddress, options.masterAddress])
    await operator.fund(owner, 100_000_000_000n);
  return {
    ids: { ...ids, gateway_cap: gatewayCap, master_cap: createdOf(endpoint, '::k8s_gateway::MasterCap').id },
    operator,
    operatorKey,
  };
}
