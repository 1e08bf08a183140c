import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { openTee } from '../attestation/open-tee.ts';
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
import { ensureServerCertificate, readClientCa } from '../tls/index.ts';
import type { MasterConfig } from './config.ts';
import { DurableNonceStore } from './durable-nonce-store.ts';
import { openKubernetes } from './kubernetes-part.ts';
import type { Master } from './master.ts';
import { createMaster } from './master.ts';
import { MasterMetrics } from './metrics.ts';
import { PodLogs } from './pod-logs.ts';
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
  const sharedDir = config.shared_dir ?? config.data_dir;
  // Loaded where it is wanted, as an HTTP client takes much memory.
  const replicas = config.etcd && (await import('./replicas.ts'));
  const replica =
    config.etcd &&
    replicas &&
    new replicas.Replica({ ...config.etcd, lease_seconds: seams.leaseSeconds }, log);
  const once = <T>(work: () => Promise<T>): Promise<T> => (replica ? replica.alone(work, signal) : work());
  const tee = await once(() =>
    openTee({
      config: config.tee,
      directory: sharedDir,
      clock,
      randomBytes,
      environment: seams.teeEnvironment(environment),
    }),
  );
  const wallet = await openWallet(config.wallet);
  const publicHost = new URL(config.public_url).hostname.replaceAll(/[[\]]/g, '');
  const hosts = new Set([publicHost, 'localhost', '127.0.0.1']);
  const own = await once(() => ensureServerCertificate(sharedDir, [...hosts], () => clock.nowMs()));
  const tls = { ...own, clientCa: readClientCa(config.client_ca) };
  const standby = replicas && seams.standby(replicas.standbyAnswer(clock));
  const leadership = standby && (await replica?.untilLeading(config.listen, tls, standby, signal));
  const stores = await openStores({
    config,
    clock,
    tee,
    storeOptions: seams.storeOptions,
    etcd: replica && leadership && { client: replica.client, prefix: replica.prefix, leadership },
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
  const common = { clock, logs, log, bodyBytes: config.limits.body_bytes };
  const cluster =
    config.k8s_backend === 'embedded'
      ? undefined
      : (await import('./cluster/open-cluster.ts')).openCluster({
          ...common,
          config: config.k8s_backend,
          sleep: abortableSleep,
        });
  const kubernetes =
    cluster ??
    openKubernetes({
      ...common,
      store: stores.objects,
      ttlSeconds: seams.eventTtlSeconds,
      scheduling: seams.scheduling,
    });
  const handle = seams.kubernetes(kubernetes.handle);
  const credential = { steps: VERIFICATION_STEPS, tokens: cache, nonces, reader };
  const master = await createMaster({
    config,
    clock,
    sleep: abortableSleep,
    randomBytes,
    ledger: stores.ledger,
    storeSize: () => stores.size(),
    kubernetes: {
      ...kubernetes,
      handle: (leadership && replicas?.whileLeading(leadership, handle)) ?? handle,
    },
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
    lost: leadership?.signal,
    rotateKeys: () => stores.rotateKeys(),
    close: async () => {
      await master.close();
      await cluster?.[Symbol.asyncDispose]();
      await stores.close();
      await leadership?.release();
      await replica?.[Symbol.asyncDispose]();
    },
  };
}
