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
import { followChain } from './follow-chain.ts';
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
  const master = masterClientOf(deps);
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
  const reachability = new Reachability({ reader, master });
  const handler = handlerOf(deps, { master, trust, streams, results, reachability, stopping: stop.signal });
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
    followChain({ ...deps, observe, onFollowing: followed.resolve }, stop.signal),
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

function masterClientOf({ config, seams, ...deps }: GatewayDeps): MasterClient {
  return new MasterClient({
    urls: config.master.urls,
    ca: deps.masterCa,
    clientCertificate: deps.clientCertificate,
    keepsConnections: seams.keepsConnections,
    verifiesCertificates: seams.verifiesCertificates,
    signer: deps.signer,
    gatewayCap: config.gateway_cap,
    audience: config.chain.cluster,
    clock: deps.clock,
    randomBytes: deps.randomBytes,
  });
}

/** What a request is answered with besides what comes from outside. */
interface Machinery {
  master: MasterClient;
  trust: EnclaveTrust;
  streams: OpenStreams;
  results: ResultHub;
  reachability: Reachability;
  stopping: AbortSignal;
}

function handlerOf(deps: GatewayDeps, machinery: Machinery): Handler {
  const { config, clock, log, seams, commands } = deps;
  const { master, trust, streams, results, reachability, stopping } = machinery;
  const outcomes = new Outcomes({ clock, ttlSeconds: config.timings.outcome_ttl_seconds });
  return new Handler({
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
      stopping,
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
}
