import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProtocolError } from '../protocol/status.ts';
import { Background } from './background.ts';
import { bindHandlers } from './bind-handlers.ts';
import { masterServer } from './http/server.ts';
import { WatchSockets } from './http/websocket.ts';
import { openMachinery } from './machinery.ts';
import type { MasterDeps } from './master-deps.ts';
import { MetricsServer } from './metrics-server.ts';
import { RateLimiter } from './rate-limiter.ts';
import { refuse, route } from './router.ts';
import { verifiersOf } from './verifiers.ts';

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

/** Builds the master from its parts and starts it. */
export async function createMaster(deps: MasterDeps): Promise<Master> {
  const { config, clock, log, metrics, seams, sleep } = deps;
  const stop = new AbortController();
  const machinery = await openMachinery(deps, stop.signal);
  const { streams, lifecycle, enclave, registry, book, runner, processor } = machinery;
  metrics.observe({
    workers: () => registry.list(),
    requests: () => book.sizes,
    store: deps.storeSize,
  });
  const handlers = bindHandlers({
    ...machinery,
    ...verifiersOf(deps),
    config,
    clock,
    seams,
    metrics,
    tokens: deps.credential.tokens,
    tee: deps.tee,
    logs: deps.logs,
    ca: deps.tls.ca,
    handle: deps.kubernetes.handle,
    limiter: new RateLimiter({
      perSecond: config.limits.requests_per_second,
      burst: config.limits.burst,
      now: () => clock.nowMs(),
    }),
  });
  const sockets = new WatchSockets();
  const answer = { handlers: seams.handlers(handlers), metrics, clock, log };
  const server = masterServer({
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

  const background = new Background(stop.signal, log);
  const shortest = Math.min(seams.offlineAfterSeconds, config.timings.request_ttl_seconds);
  const sweepMs = Math.min(5_000, Math.max(100, shortest * 100));
  background.run('the sweeper', async (signal) => {
    while (!signal.aborted) {
      await registry.sweep();
      if (seams.dropsRequests) await book.sweep();
      await sleep(sweepMs, signal);
    }
  });
  const becomeReady = async (): Promise<void> => {
    await enclave.register(stop.signal);
    if (stop.signal.aborted) throw new ProtocolError('ChainUnavailable', 'stopped before it was ready');
    await runner.recover();
    background.run('the event processor', (signal) =>
      processor.run(async () => (await deps.reader.status()).checkpoint, signal),
    );
    background.run('the endpoint heartbeat', (signal) =>
      enclave.beat(config.timings.endpoint_heartbeat_seconds, signal),
    );
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
      await background.ended();
      await runner.idle();
      await lifecycle.idle();
      await deps.commands.close();
    },
  };
}
