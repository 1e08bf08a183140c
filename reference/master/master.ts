import { randomBytes as systemRandomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tee } from '../attestation/tee.ts';
import type { TokenCache } from '../chain/token-cache.ts';
import type { ChainCommands, ChainReader, EventSource } from '../chain/types.ts';
import type { ApiRequest, ApiResponse } from '../kubernetes/types.ts';
import type { Clock } from '../protocol/clock.ts';
import type { Logger } from '../protocol/logger.ts';
import { ProtocolError } from '../protocol/status.ts';
import { memoizeSignatures, verifySuiSignature } from '../protocol/sui-signature.ts';
import { VERIFICATION_STEPS } from '../protocol/verification-steps.ts';
import { CredentialVerifier } from '../protocol/verifier.ts';
import type { CredentialSeams } from '../mutants/types.ts';
import type { NonceStore } from '../protocol/nonce-store.ts';
import type { KeyValueStore } from '../store/types.ts';
import type { ServerCertificate } from '../tls/index.ts';
import type { MasterConfig } from './config.ts';
import { Cursor } from './cursor.ts';
import { EnclaveIdentity } from './enclave-identity.ts';
import { EventProcessor } from './event-processor.ts';
import { bindHandlers } from './bind-handlers.ts';
import { gatewayStreams, nodeStreams } from './handlers/kubernetes.ts';
import { HttpServer } from './http/server.ts';
import { WatchSockets } from './http/websocket.ts';
import { KubernetesClient } from './kubernetes-client.ts';
import { MasterMetrics } from './metrics.ts';
import { MetricsServer } from './metrics-server.ts';
import { NodeLifecycle } from './node-lifecycle.ts';
import type { PodLogs } from './pod-logs.ts';
import { RateLimiter } from './rate-limiter.ts';
import { RequestBook } from './request-book.ts';
import { RequestRunner } from './request-runner.ts';
import { refuse, route } from './router.ts';
import type { MasterSeams } from './seams.ts';
import { StreamGuard } from './stream-guard.ts';
import { WorkerRegistry } from './worker-registry.ts';

/** The Kubernetes API with its controllers and scheduler. */
export interface KubernetesPart {
  handle: (request: ApiRequest) => Promise<ApiResponse>;
  /** Makes what every cluster has, starts controllers and scheduler; they stop when the signal aborts. */
  start: (signal: AbortSignal) => Promise<void>;
}

/** Everything the master takes from outside. */
export interface MasterDeps {
  config: MasterConfig;
  clock: Clock;
  /** Resolves after `ms`, or as soon as the signal aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  randomBytes?: (size: number) => Uint8Array;
  /** The master's own data: workers, requests, cursor, keys. */
  ledger: KeyValueStore;
  /** Size of the stores, for metrics. */
  storeSize: () => { entries: number; bytes: number; revision: number };
  kubernetes: KubernetesPart;
  /** Where the Kubernetes API reads log lines from. */
  logs: PodLogs;
  tee: Tee;
  /** `clientCa`: PEM of the CA whose certificates clients must present. */
  tls: ServerCertificate & { clientCa?: string | undefined };
  reader: ChainReader;
  commands: ChainCommands;
  events: EventSource;
  cache: TokenCache;
  /** For the credentials of workers. */
  credential: CredentialSeams;
  /** For the credentials of gateways. */
  nonces: NonceStore;
  seams: MasterSeams;
  metrics: MasterMetrics;
  log: Logger;
}

export interface Master {
  readonly port: number;
  readonly metricsPort: number | undefined;
  /** Resolves when the enclave's key is on chain and events are followed. */
  readonly ready: Promise<void>;
  /** Ends watches, finishes what runs, closes what it opened (not the stores). */
  close(): Promise<void>;
}

/** Longest that open answers may take to end at a shutdown, milliseconds. */
const GRACE_MS = 3_000;

/** Good signatures remembered, so that a flood of copies does not cost a verification each. */
const SIGNATURES = 10_000;

/** Builds the master from its parts and starts it. */
export async function createMaster(deps: MasterDeps): Promise<Master> {
  const { config, clock, log, metrics, seams, ledger } = deps;
  const now = (): number => clock.nowMs();
  const random = deps.randomBytes ?? systemRandomBytes;
  const stop = new AbortController();
  const streams = new StreamGuard();
  const client = new KubernetesClient(deps.kubernetes.handle);
  const lifecycle = new NodeLifecycle({
    kubernetes: client,
    now,
    sleep: deps.sleep,
    signal: stop.signal,
    log,
  });
  const enclave = await EnclaveIdentity.open({
    store: ledger,
    reader: deps.reader,
    commands: deps.commands,
    endpoint: config.chain.endpoint,
    masterCap: config.master_cap,
    randomBytes: random,
    sleep: deps.sleep,
    log,
  });
  const registry = await WorkerRegistry.open({
    store: ledger,
    now,
    offlineAfterSeconds: seams.offlineAfterSeconds,
    busyShare: seams.busyShare,
    newJoinToken: () => `k3s-join.${Buffer.from(random(32)).toString('base64url')}`,
    onTransition: (transition) => {
      // The agent's old token ends with a new registration, a revocation or a slashing.
      if (transition.cut) streams.cut(nodeStreams(transition.record.node_id));
      lifecycle.follow(transition);
    },
  });
  let runner: RequestRunner | undefined;
  const book = await RequestBook.open({
    store: ledger,
    now,
    ttlSeconds: seams.requestTtlSeconds,
    maxPending: config.limits.pending_requests,
    remembers: seams.remembersEvents,
    comparesDigests: seams.comparesDigests,
    onReady: (id) => runner?.enqueue(id),
  });
  runner = new RequestRunner(
    {
      store: ledger,
      book,
      handle: deps.kubernetes.handle,
      commands: deps.commands,
      masterCap: config.master_cap,
      tokens: deps.cache,
      enclave,
      now,
      sleep: deps.sleep,
      ttlSeconds: config.timings.request_ttl_seconds,
      signature: seams.responseSignature,
      metrics,
      log,
    },
    stop.signal,
  );
  const processor = new EventProcessor({
    events: deps.events,
    cursor: new Cursor(ledger),
    book,
    registry: seams.obeysSlashing ? registry : deaf(registry),
    observers: [
      (event) => {
        const lost = event.name === 'SlashEvent' || event.name === 'UnstakeEvent';
        if (seams.obeysSlashing || !lost) deps.cache.observe(event);
      },
      enclave.observe.bind(enclave),
      (event) => {
        if (event.name === 'GatewayRetired') streams.cut(gatewayStreams(String(event.data['gateway_cap'])));
      },
    ],
    endpoint: config.chain.endpoint,
    rewind: seams.rewind,
    now,
    metrics,
    log,
  });
  metrics.observe({
    workers: () => registry.list(),
    requests: () => book.sizes,
    store: deps.storeSize,
  });
  const verifierOptions = {
    clock,
    audience: config.chain.cluster,
    clockSkewSeconds: config.timings.clock_skew_seconds,
    verifySignature: memoizeSignatures(verifySuiSignature, SIGNATURES),
  };
  const handlers = bindHandlers({
    config,
    clock,
    seams,
    metrics,
    registry,
    book,
    enclave,
    streams,
    client,
    lifecycle,
    processor,
    tokens: deps.credential.tokens,
    tee: deps.tee,
    logs: deps.logs,
    ca: deps.tls.ca,
    handle: deps.kubernetes.handle,
    limiter: new RateLimiter({
      perSecond: config.limits.requests_per_second,
      burst: config.limits.burst,
      now,
    }),
    verifier: new CredentialVerifier({
      ...verifierOptions,
      endpoint: config.chain.endpoint,
      ...deps.credential,
    }),
    gatewayVerifier: new CredentialVerifier({
      ...verifierOptions,
      tokenKind: 'gateway',
      ...seams.gatewayCredential({
        steps: VERIFICATION_STEPS,
        tokens: deps.cache,
        nonces: deps.nonces,
        reader: deps.reader,
      }),
    }),
  });
  const sockets = new WatchSockets();
  const answer = { handlers: seams.handlers(handlers), metrics, clock, log };
  const server = new HttpServer({
    tls: deps.tls,
    listen: seams.listen,
    handle: (request) =>
      route(seams.bindsConnections ? request : { ...request, clientName: undefined }, answer),
    refuse,
    upgrade: (request, message, socket, head) => {
      void sockets.take(request, message, socket, head, (asked) => route(asked, answer));
    },
  });
  await writeFile(join(config.data_dir, 'attestation-root.crt'), deps.tee.rootCertificate);
  await deps.kubernetes.start(stop.signal);
  lifecycle.reconcile(registry.list());
  const port = await server.listen(config.listen.host, config.listen.port);
  const metricsServer = config.metrics && (await MetricsServer.listen(config.metrics.listen, metrics));

  const background: Promise<void>[] = [];
  const run = (name: string, task: () => Promise<void>): void => {
    background.push(
      task().catch((error: unknown) => {
        if (!stop.signal.aborted) log.fatal({ err: error }, `${name} ended`);
      }),
    );
  };
  const sweepMs = Math.min(
    5_000,
    Math.max(100, (Math.min(seams.offlineAfterSeconds, config.timings.request_ttl_seconds) * 1000) / 10),
  );
  run('the sweeper', async () => {
    while (!stop.signal.aborted) {
      await registry.sweep();
      if (seams.dropsRequests) await book.sweep();
      await deps.sleep(sweepMs, stop.signal);
    }
  });
  const becomeReady = async (): Promise<void> => {
    await enclave.register(stop.signal);
    if (stop.signal.aborted) throw new ProtocolError('ChainUnavailable', 'stopped before it was ready');
    await runner.recover();
    run('the event processor', () =>
      processor.run(async () => (await deps.reader.status()).checkpoint, stop.signal),
    );
    run('the endpoint heartbeat', () => enclave.beat(config.timings.endpoint_heartbeat_seconds, stop.signal));
  };
  const ready = becomeReady();
  ready.catch(() => undefined);

  return {
    port,
    metricsPort: metricsServer?.port,
    ready,
    close: async () => {
      stop.abort();
      if (seams.stopsCleanly) streams.cutAll();
      if (seams.stopsCleanly) await sockets.close();
      await Promise.all([server.close(seams.stopsCleanly ? GRACE_MS : 0), metricsServer?.close()]);
      await Promise.all(background);
      await runner.idle();
      await lifecycle.idle();
      await deps.commands.close();
    },
  };
}

/** For the seam that lets slashings pass unnoticed. */
function deaf(registry: WorkerRegistry): Pick<WorkerRegistry, 'slash' | 'withdraw' | 'revoke' | 'shorten'> {
  return {
    slash: () => Promise.resolve(),
    withdraw: () => Promise.resolve(),
    revoke: (token) => registry.revoke(token),
    shorten: (token, at) => registry.shorten(token, at),
  };
}
