import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import {
  abortableSleep,
  ChainClient,
  Commands,
  connectChain,
  EventStream,
  openWallet,
  TokenCache,
  TransactionSubmitter,
} from '../chain/index.ts';
import type { Mutant } from '../mutants/index.ts';
import { mutate } from '../mutants/index.ts';
import type { Clock } from '../protocol/clock.ts';
import type { Logger } from '../protocol/logger.ts';
import { VERIFICATION_STEPS } from '../protocol/verification-steps.ts';
import type { KeyValueStore } from '../store/types.ts';
import type { MasterConfig } from './config.ts';
import { DurableNonceStore } from './durable-nonce-store.ts';
import { openKubernetes } from './kubernetes-part.ts';
import type { Master } from './master.ts';
import { createMaster } from './master.ts';
import type { KubernetesPart } from './master-deps.ts';
import { MasterMetrics } from './metrics.ts';
import { openPlatform } from './platform.ts';
import { PodLogs } from './pod-logs.ts';
import type { MasterSeams } from './seams.ts';
import { defaultMasterSeams } from './seams.ts';
import { openStores } from './stores.ts';

export interface Assembly extends Master {
  /** URL that is listened on. */
  readonly url: string;
  /** Aborts when this master must not lead any longer; never without others. */
  readonly lost: AbortSignal | undefined;
  /** Seals everything under fresh keys. */
  rotateKeys(): Promise<void>;
}

export interface AssembleOptions {
  config: MasterConfig;
  clock: Clock;
  environment: Readonly<Record<string, string | undefined>>;
  mutant: Mutant | undefined;
  log: Logger;
  /** Ends the wait of a standby. */
  signal?: AbortSignal;
}

/** The master over its real parts: disk, chain, TEE. Closing it closes them all. */
export async function assembleMaster(options: AssembleOptions): Promise<Assembly> {
  const { config, clock, environment, mutant } = options;
  await mkdir(config.data_dir, { recursive: true, mode: 0o700 });
  const seams = mutate(defaultMasterSeams(config), mutant?.master);
  const log = seams.log(options.log);
  const signal = options.signal ?? new AbortController().signal;
  // Before the wait for the lead: a standby must not learn of a bad wallet when it is needed.
  const wallet = await openWallet(config.wallet);
  const { tee, tls, lead } = await openPlatform({ config, clock, environment, seams, log, signal });
  const stores = await openStores({
    config,
    clock,
    tee,
    storeOptions: seams.storeOptions,
    etcd: lead?.etcd,
    log,
  });
  const client = connectChain(config.chain.url);
  const reader = new ChainClient(client, config.chain);
  const cache = new TokenCache({
    reader,
    clock,
    ttlSeconds: config.timings.cache_ttl_seconds,
    // Ten thousand workers, their gateways and the users behind them.
    capacity: 50_000,
  });
  const nonces = new DurableNonceStore({ store: stores.nonces, clock });
  const submitter = new TransactionSubmitter({ client, signer: wallet, package: config.chain.package });
  const logs = new PodLogs({ now: () => clock.nowMs() });
  const kubernetes = await openBackend(config, { clock, logs, log, seams, store: stores.objects });
  const handle = seams.kubernetes(kubernetes.handle);
  const credential = { steps: VERIFICATION_STEPS, tokens: cache, nonces, reader };
  const master = await createMaster({
    config,
    clock,
    sleep: abortableSleep,
    randomBytes,
    ledger: stores.ledger,
    storeSize: () => stores.size(),
    kubernetes: { ...kubernetes, handle: lead?.guard(handle) ?? handle },
    logs,
    tee,
    tls,
    reader,
    commands: seams.commands(new Commands(submitter, config.chain)),
    events: seams.events(
      new EventStream({
        client,
        package: seams.eventPackage,
        onTrouble: (error) => log.warn({ err: error }, 'the chain cannot be followed'),
      }),
    ),
    cache,
    credential: mutate(credential, mutant?.credential),
    nonces,
    seams,
    metrics: new MasterMetrics(seams.metrics),
    log,
  });
  return {
    port: master.port,
    metricsPort: master.metricsPort,
    ready: master.ready,
    url: `https://${config.listen.host}:${master.port}`,
    lost: lead?.lost,
    rotateKeys: () => stores.rotateKeys(),
    close: async () => {
      await master.close();
      await kubernetes[Symbol.asyncDispose]?.();
      await stores.close();
      await lead?.[Symbol.asyncDispose]();
    },
  };
}

interface BackendParts {
  clock: Clock;
  logs: PodLogs;
  log: Logger;
  seams: MasterSeams;
  /** Of the embedded one. */
  store: KeyValueStore;
}

/** The Kubernetes behind the master. */
async function openBackend(
  { k8s_backend: backend, limits }: MasterConfig,
  { seams, store, ...parts }: BackendParts,
): Promise<KubernetesPart & Partial<AsyncDisposable>> {
  const common = { ...parts, bodyBytes: limits.body_bytes };
  if (backend !== 'embedded') {
    // Loaded where it is wanted, for the sake of memory.
    const { openCluster } = await import('./cluster/open-cluster.ts');
    return openCluster({ ...common, config: backend, sleep: abortableSleep });
  }
  const { eventTtlSeconds: ttlSeconds, scheduling } = seams;
  return openKubernetes({ ...common, store, ttlSeconds, scheduling });
}
