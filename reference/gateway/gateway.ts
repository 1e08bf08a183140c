import { ChainError } from '../chain/errors.ts';
import { abortableSleep } from '../chain/event-stream.ts';
import type { TokenCache } from '../chain/token-cache.ts';
import type { ChainCommands, ChainEvent, ChainReader, EventSource } from '../chain/types.ts';
import type { verifyAttestation } from '../attestation/verify.ts';
import type { CredentialSeams } from '../mutants/types.ts';
import type { Clock } from '../protocol/clock.ts';
import type { CredentialSigner } from '../protocol/credential.ts';
import { newRequestId } from '../protocol/ids.ts';
import type { Logger } from '../protocol/logger.ts';
import { CredentialVerifier } from '../protocol/verifier.ts';
import type { ClientCertificate } from '../tls/index.ts';
import type { GatewayConfig } from './config.ts';
import { ContractMode } from './contract-mode.ts';
import { DirectMode } from './direct-mode.ts';
import { EnclaveTrust } from './enclave-trust.ts';
import { Handler } from './handler.ts';
import { gatewayServer } from './http/server.ts';
import { MasterClient } from './master-client.ts';
import { OpenStreams } from './open-streams.ts';
import { Outcomes } from './outcomes.ts';
import { RateLimit } from './rate-limit.ts';
import { Reachability } from './reachability.ts';
import { ResultHub } from './result-hub.ts';
import type { GatewaySeams } from './seams.ts';

/** Everything the gateway takes from outside. */
export interface GatewayDeps {
  config: GatewayConfig;
  tls: { key: string; cert: string };
  /** PEM of the CA of the masters' certificates. */
  masterCa: string;
  /** To present to masters that ask for one. */
  clientCertificate?: ClientCertificate | undefined;
  /** PEM of the attestation root. */
  attestationRoot: string;
  clock: Clock;
  randomBytes: (size: number) => Uint8Array;
  reader: ChainReader;
  commands: ChainCommands;
  events: EventSource;
  /** Fed with the events that the gateway follows. */
  cache: TokenCache;
  /** Wallet that holds the GatewayCap. */
  signer: CredentialSigner;
  credential: CredentialSeams;
  seams: GatewaySeams;
  log: Logger;
  verifyAttestation?: typeof verifyAttestation;
}

export interface Gateway {
  readonly port: number;
  /** Resolves when events are followed and the master is attested. */
  readonly ready: Promise<void>;
  /** Lets running requests finish, ends watches and closes what it opened. */
  close(): Promise<void>;
}

/** Longest that running requests may take to end at a stop, milliseconds. */
const GRACE_MS = 5_000;

/** Credentials remembered: a session's comes again with each of its requests. */
const KNOWN_CREDENTIALS = 1_000;

/** Builds the gateway from its parts and listens. */
export async function createGateway(deps: GatewayDeps): Promise<Gateway> {
  const { config, clock, log, seams, commands, reader } = deps;
  const stop = new AbortController();
  const master = new MasterClient({
    urls: config.master.urls,
    ca: deps.masterCa,
    clientCertificate: deps.clientCertificate,
    keepsConnections: seams.keepsConnections,
    verifiesCertificates: seams.verifiesCertificates,
    signer: deps.signer,
    gatewayCap: config.gateway_cap,
    audience: config.chain.cluster,
    clock,
    randomBytes: deps.randomBytes,
  });
  const trust = new EnclaveTrust({
    reader,
    master,
    endpoint: config.chain.endpoint,
    root: deps.attestationRoot,
    clock,
    randomBytes: deps.randomBytes,
    log,
    ...(deps.verifyAttestation === undefined ? {} : { verify: deps.verifyAttestation }),
  });
  const streams = new OpenStreams(clock);
  const results = new ResultHub();
  const outcomes = new Outcomes({ clock, ttlSeconds: config.timings.outcome_ttl_seconds });
  const reachability = new Reachability({ reader, master });
  const handler = new Handler({
    seams,
    verifier: new CredentialVerifier({
      remembers: KNOWN_CREDENTIALS,
      ...deps.credential,
      clock,
      audience: config.chain.cluster,
      endpoint: config.chain.endpoint,
      clockSkewSeconds: config.timings.clock_skew_seconds,
      oneShotSessions: config.features.one_shot_kubectl,
    }),
    limit: new RateLimit({ perSecond: config.limits.requests_per_second, burst: config.limits.burst }),
    contract: new ContractMode({
      seams,
      commands,
      master,
      results,
      outcomes,
      gatewayCap: config.gateway_cap,
      enclave: trust,
      deadlineMs: config.timings.request_deadline_ms,
      outcomeTtlSeconds: config.timings.outcome_ttl_seconds,
      maxFlights: config.limits.contract_requests,
      log,
      stopping: stop.signal,
    }),
    direct: new DirectMode({
      seams,
      master,
      streams,
      enclave: trust,
      patienceMs: config.timings.request_deadline_ms,
    }),
    outcomes,
    directReads: config.features.direct_reads,
    ready: () => reachability.chain || reachability.master,
    log,
  });
  const server = gatewayServer({
    tls: deps.tls,
    bodyBytes: config.limits.body_bytes,
    newRequestId: () => newRequestId(deps.randomBytes),
    listen: seams.listen,
    handle: seams.serve((request) => handler.handle(request)),
    onAnswered: (request, status, error) => {
      const fields = { request_id: request?.id, ...(request && seams.logFields(request)), status };
      if (error !== undefined) log.error({ ...fields, err: error }, 'answered');
      else log.info(fields, 'answered');
    },
  });
  const port = await server.listen(config.listen.host, config.listen.port);

  const followed = Promise.withResolvers<void>();
  const observe = (event: ChainEvent): void => {
    deps.cache.observe(event);
    streams.observe(event);
    trust.observe(event);
    results.observe(event);
  };
  const background = [
    follow({ ...deps, observe, onFollowing: followed.resolve }, stop.signal),
    trust.run(stop.signal),
    reachability.run(stop.signal),
  ];
  const becomeReady = async (): Promise<void> => {
    await followed.promise;
    await trust.settled(stop.signal);
  };
  const ready = becomeReady();
  ready.catch(() => {});

  return {
    port,
    ready,
    close: async () => {
      const closed = server.close(GRACE_MS);
      streams.endAll();
      await closed;
      stop.abort(new Error('the gateway stops'));
      followed.resolve();
      await Promise.all(background);
      await commands.close();
      await master.close();
    },
  };
}

interface FollowDeps extends Pick<GatewayDeps, 'reader' | 'events' | 'cache' | 'log'> {
  observe: (event: ChainEvent) => void;
  onFollowing: () => void;
}

/**
 * Follows the chain from its present end. What the gateway remembers is no older than that: the cache
 * is emptied whenever the place in the stream is chosen anew.
 */
async function follow(deps: FollowDeps, signal: AbortSignal): Promise<void> {
  const { reader, events, cache, log } = deps;
  for (let failures = 0; !signal.aborted;) {
    try {
      const { checkpoint } = await reader.status({ signal });
      cache.clear();
      deps.onFollowing();
      for await (const batch of events.follow({ from: checkpoint + 1n, signal })) {
        failures = 0;
        for (const event of batch.events) deps.observe(event);
      }
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      const unreachable = error instanceof ChainError && error.kind === 'unavailable';
      log[unreachable ? 'warn' : 'error']({ err: error }, 'the chain cannot be followed');
      await abortableSleep(Math.min(2_000, 100 * 2 ** failures), signal);
    }
  }
}
