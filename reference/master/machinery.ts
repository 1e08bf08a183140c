import type { ChainEvent } from '../chain/types.ts';
import { Cursor } from './cursor.ts';
import { EnclaveIdentity } from './enclave-identity.ts';
import { EventProcessor } from './event-processor.ts';
import { gatewayStreams, nodeStreams } from './handlers/kubernetes.ts';
import { KubernetesClient } from './kubernetes-client.ts';
import type { MasterDeps } from './master-deps.ts';
import { NodeLifecycle } from './node-lifecycle.ts';
import { RequestBook } from './request-book.ts';
import { RequestRunner } from './request-runner.ts';
import { StreamGuard } from './stream-guard.ts';
import { WorkerRegistry } from './worker-registry.ts';

/** What the master keeps and works with between requests. */
export interface Machinery {
  streams: StreamGuard;
  client: KubernetesClient;
  lifecycle: NodeLifecycle;
  enclave: EnclaveIdentity;
  registry: WorkerRegistry;
  book: RequestBook;
  runner: RequestRunner;
  processor: EventProcessor;
}

/** Opens what the ledger holds and joins the pieces; nothing runs by itself yet. */
export async function openMachinery(deps: MasterDeps, signal: AbortSignal): Promise<Machinery> {
  const { config, clock, sleep, randomBytes, ledger, commands, seams, metrics, log } = deps;
  const { handle } = deps.kubernetes;
  const { endpoint } = config.chain;
  const masterCap = config.master_cap;
  const now = (): number => clock.nowMs();
  const streams = new StreamGuard();
  const client = new KubernetesClient(handle);
  const lifecycle = new NodeLifecycle({ kubernetes: client, now, sleep, signal, log });
  const enclave = await EnclaveIdentity.open({
    store: ledger,
    reader: deps.reader,
    commands,
    endpoint,
    masterCap,
    randomBytes,
    sleep,
    log,
  });
  const registry = await WorkerRegistry.open({
    store: ledger,
    now,
    offlineAfterSeconds: seams.offlineAfterSeconds,
    busyShare: seams.busyShare,
    newJoinToken: () => `k3s-join.${Buffer.from(randomBytes(32)).toString('base64url')}`,
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
      handle,
      commands,
      masterCap,
      tokens: deps.cache,
      enclave,
      now,
      sleep,
      ttlSeconds: config.timings.request_ttl_seconds,
      payloadFault: seams.payloadFault,
      signature: seams.responseSignature,
      metrics,
      log,
    },
    signal,
  );
  const observeCache = (event: ChainEvent): void => {
    const lost = event.name === 'SlashEvent' || event.name === 'UnstakeEvent';
    if (seams.obeysSlashing || !lost) deps.cache.observe(event);
  };
  const cutGateway = (event: ChainEvent): void => {
    if (event.name === 'GatewayRetired') streams.cut(gatewayStreams(String(event.data['gateway_cap'])));
  };
  const processor = new EventProcessor({
    events: deps.events,
    cursor: new Cursor(ledger),
    book,
    registry: seams.obeysSlashing ? registry : deaf(registry),
    observers: [observeCache, (event) => enclave.observe(event), cutGateway],
    serves: seams.serves,
    rewind: seams.rewind,
    now,
    metrics,
    log,
  });
  return { streams, client, lifecycle, enclave, registry, book, runner, processor };
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
