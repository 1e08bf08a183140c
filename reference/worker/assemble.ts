import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import type { Signer } from '@mysten/sui/cryptography';
import {
  abortableSleep,
  ChainClient,
  Commands,
  connectChain,
  EventStream,
  TransactionSubmitter,
} from '../chain/index.ts';
import type { Clock } from '../protocol/clock.ts';
import type { Logger } from '../protocol/logger.ts';
// Not the folder's index: that brings what issues certificates, which no worker does.
import { readClientCertificate } from '../tls/client-certificate.ts';
import { K3sAgent } from './agent/k3s-agent.ts';
import { SimulatedAgent } from './agent/simulated-agent.ts';
import type { Agent } from './agent/types.ts';
import type { WorkerConfig } from './config.ts';
import { ConfigError } from './config-error.ts';
import { simulatedNautilusInfo } from './nautilus-info.ts';
import type { WorkerSeams } from './seams.ts';
import type { Worker } from './worker.ts';
import { createWorker } from './worker.ts';

export interface AssembleOptions {
  config: WorkerConfig;
  signer: Signer;
  seams: WorkerSeams;
  clock: Clock;
  environment: Readonly<Record<string, string | undefined>>;
  log: Logger;
  onRunning?: (url: string) => void;
}

/** Root of AWS Nitro Enclaves, as images ship it. */
const DEFAULT_ROOT = '/etc/k3s-daas/nitro-root.pem';
const NO_OBJECT = `0x${'0'.repeat(64)}`;

/** The worker over its real parts: chain, master, agent. Throws ConfigError for files that cannot be read. */
export function assembleWorker(options: AssembleOptions): Worker {
  const { config, signer, seams, clock, log, onRunning } = options;
  const client = connectChain(config.sui_rpc_endpoint);
  const ids = {
    package: config.contract_address,
    pool: config.pool,
    registry: config.registry,
    cluster: config.cluster,
    // A worker's calls take no endpoint; which one is its own it learns from its token.
    endpoint: config.endpoint ?? NO_OBJECT,
  };
  const submitter = new TransactionSubmitter({ client, signer, package: ids.package });
  return createWorker({
    config,
    signer,
    clock,
    sleep: abortableSleep,
    random: seams.jitter,
    randomBytes,
    reader: seams.reader(new ChainClient(client, ids)),
    commands: seams.commands(new Commands(submitter, ids), { client, signer, ids }),
    events: new EventStream({
      client,
      package: ids.package,
      onTrouble: (error) => log.warn({ err: error }, 'the chain cannot be followed'),
    }),
    nautilusInfo: seams.nautilusInfo(
      simulatedNautilusInfo(client, ids.package, config.sui_wallet_address),
      config.nautilus_endpoint,
    ),
    attestationRoot: pem('attestation_root', config.attestation_root ?? DEFAULT_ROOT),
    clientCertificate: readClientCertificate(config.client_certificate),
    masterCa: config.nautilus_ca === undefined ? undefined : pem('nautilus_ca', config.nautilus_ca),
    agent: seams.agent(makeAgent(options)),
    seams,
    log,
    ...(onRunning ? { onRunning } : {}),
  });
}

function makeAgent({ config, clock, environment, seams, log }: AssembleOptions): Agent {
  if (config.agent === 'simulated') {
    return new SimulatedAgent({
      nodeId: config.node_id,
      capacity: config.agent_capacity,
      clock,
      sleep: abortableSleep,
      random: Math.random,
      kube: seams.kube,
      log,
    });
  }
  return new K3sAgent({
    nodeId: config.node_id,
    program: environment['K3S_PROGRAM'] ?? 'k3s',
    extraArguments: config.container_runtime === 'docker' ? ['--docker'] : [],
    dataDir: join(config.data_dir ?? tmpdir(), `agent-${config.node_id}`),
    sleep: abortableSleep,
    random: Math.random,
    log,
  });
}

function pem(field: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigError(`${field}: ${file} cannot be read`, { cause });
  }
}
