import { ChainAbortError, ChainError } from '../chain/errors.ts';
import type { ChainCommands } from '../chain/types.ts';
import { payloadDigest } from '../protocol/digest.ts';
import type { ResourceRequest } from '../protocol/kubernetes-request.ts';
import type { Logger } from '../protocol/logger.ts';
import { ProtocolError } from '../protocol/status.ts';
import { forwardedRequestJson } from '../protocol/wire.ts';
import { parseRecordedResponse } from '../protocol/wire-responses.ts';
import type { RecordedResponse } from '../protocol/wire-responses.ts';
import type { Principal } from '../protocol/verifier-types.ts';
import { abortableSleep } from '../chain/event-stream.ts';
import { Failure, masterUnavailable } from './http/reply.ts';
import type { GatewayRequest, Reply } from './http/types.ts';
import type { MasterClient } from './master-client.ts';
import { readAll } from './master-client.ts';
import type { Outcomes } from './outcomes.ts';
import type { EnclaveTrust } from './enclave-trust.ts';
import { FlightLimit } from './flight-limit.ts';
import type { ResultHub } from './result-hub.ts';
import type { GatewaySeams } from './seams.ts';

export interface ContractModeDeps {
  seams: GatewaySeams;
  commands: ChainCommands;
  master: MasterClient;
  results: ResultHub;
  outcomes: Outcomes;
  gatewayCap: string;
  enclave: Pick<EnclaveTrust, 'current' | 'settled'>;
  deadlineMs: number;
  outcomeTtlSeconds: number;
  /** Requests on their way at the same time; more are refused at once, so that these are answered in time. */
  maxFlights: number;
  log: Logger;
  /** Aborts when the gateway stops. */
  stopping: AbortSignal;
}

/** Bodies of answers are a few MiB at most; base64 makes a third more of them. */
const MAX_RESPONSE_BYTES = 64 * 1_048_576;
const MAX_POLL_SECONDS = 30;

/** Deadlines after which a request that is still on its way no longer keeps others out. */
const FLIGHT_DEADLINES = 5;
/** Share of the deadline above which a request is a sign that there are too many. */
const SLOW_SHARE = 0.7;
/** Requests that are carried at the same time however slow they are. */
const LEAST_FLIGHTS = 16;

/** Milliseconds before the deadline at which a transaction that never left is given up. */
const NOT_SENT_MARGIN_MS = 150;

interface Flight {
  request: GatewayRequest;
  wanted: ResourceRequest;
  principal: Principal;
  body: Uint8Array;
  /** Monotonic milliseconds. */
  ends: number;
}

/** Carries a request over the chain: payload to the master, command on chain, result back, all compared. */
export class ContractMode {
  readonly #deps: ContractModeDeps;
  readonly #limit: FlightLimit;

  constructor(deps: ContractModeDeps) {
    this.#deps = deps;
    const { maxFlights: most, deadlineMs } = deps;
    this.#limit = new FlightLimit({ most, least: LEAST_FLIGHTS, slowMs: deadlineMs * SLOW_SHARE });
  }

  async run(request: GatewayRequest, wanted: ResourceRequest, principal: Principal): Promise<Reply> {
    const { deadlineMs, outcomes, enclave, seams } = this.#deps;
    enclave.current();
    const body = await request.readBody();
    seams.checkBody(request, wanted, body);
    const landed = this.#limit.enter();
    if (landed === undefined) {
      const message = 'too many requests are on their way over the chain';
      throw new ProtocolError('TooManyRequests', message, { retryAfter: 1 });
    }
    const ends = performance.now() + deadlineMs;
    const flight = this.#fly({ request, wanted, principal, body, ends });
    void this.#whenOver(flight, landed);
    const timer = new AbortController();
    const late = abortableSleep(deadlineMs, AbortSignal.any([timer.signal, request.signal]));
    try {
      const first = await Promise.race([flight, late.then(() => 'late' as const)]);
      if (first !== 'late') return toReply(first);
    } finally {
      timer.abort();
    }
    // Neither the deadline nor the client's leaving undoes what is on chain: the flight goes on.
    if (!outcomes.keep(request.id, principal.owner, flight)) flight.catch(() => {});
    throw new ProtocolError('Timeout', `no answer yet; ask for /daas/v1/requests/${request.id}`);
  }

  /** A flight goes on after its client was told to ask later, and is work all the same. */
  async #whenOver(flight: Promise<unknown>, landed: () => void): Promise<void> {
    const given = Promise.withResolvers<void>();
    const timer = setTimeout(given.resolve, FLIGHT_DEADLINES * this.#deps.deadlineMs).unref();
    await Promise.race([flight.catch(() => undefined), given.promise]);
    clearTimeout(timer);
    landed();
  }

  /** The whole way of one request; ends by itself when its outcome is no longer kept. */
  async #fly({ request, wanted, principal, body, ends }: Flight): Promise<RecordedResponse> {
    const { seams, commands, results, gatewayCap, log, stopping, outcomeTtlSeconds, enclave } = this.#deps;
    const contentType = request.headers['content-type'] ?? '';
    const { method, path, query } = request;
    // First the payload: when the master is away, nothing must appear on chain.
    const began = performance.now();
    await this.#offer(request, contentType, body, ends);
    const offered = performance.now();
    const life = lifetime(outcomeTtlSeconds * 1_000, stopping);
    const recorded = results.wait(request.id, life.signal);
    try {
      const command = {
        gatewayCap,
        token: principal.tokenId,
        stakeRecord: principal.token.stakeRecord,
        requestId: request.id,
        method,
        path,
        namespace: wanted.namespace,
        resourceType: wanted.resource,
        payloadDigest: payloadDigest({ method, path, query, contentType, body }),
      };
      const receipt = await commands
        .executeKubectlCommand(seams.chainCommand(command, body), {
          // A little early, so that "never sent" is said before "no answer yet".
          deadlineMs: Math.max(1, ends - performance.now() - NOT_SENT_MARGIN_MS),
        })
        .catch((error: unknown) => this.#notExecuted(error));
      const executed = performance.now();
      log.info({ request_id: request.id, tx_digest: receipt?.digest }, 'on chain');
      const [response, result] = await Promise.all([this.#response(request.id, life.signal), recorded]);
      const spent = {
        offer_ms: Math.round(offered - began),
        execute_ms: Math.round(executed - offered),
        answer_ms: Math.round(performance.now() - executed),
      };
      log.info({ request_id: request.id, ...spent }, 'response recorded');
      const fault = seams.checkResponse(response, result, await enclave.settled(life.signal));
      if (fault === undefined) return response;
      log.error({ request_id: request.id, fault }, 'the response does not match the chain');
      throw mismatch(
        `the master's response was refused: its ${fault} is not what the chain and the enclave vouch for`,
      );
    } finally {
      life.end();
    }
  }

  /** Answers undefined when the transaction may yet take effect: then the result decides. */
  #notExecuted(error: unknown): undefined {
    if (error instanceof ChainAbortError) throw this.#deps.seams.abortAnswer(error);
    if (error instanceof ChainError) {
      if (error.kind === 'outcome_unknown') return undefined;
      if (error.kind === 'not_found' || error.kind === 'wrong_type') {
        throw new ProtocolError('UnknownToken', undefined, { cause: error });
      }
      this.#deps.log.error({ err: error }, 'command not executed');
      throw new ProtocolError('ChainUnavailable', undefined, { cause: error, retryAfter: 2 });
    }
    throw error;
  }

  async #offer(request: GatewayRequest, contentType: string, body: Uint8Array, ends: number): Promise<void> {
    const payload = forwardedRequestJson({
      method: request.method,
      path: request.path,
      query: request.query,
      content_type: contentType,
      accept: request.headers['accept'] ?? '',
      body,
    });
    const answer = await this.#deps.master
      .openBound({
        method: 'PUT',
        target: `/api/v1/requests/${request.id}`,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(payload),
        signal: AbortSignal.timeout(Math.ceil(Math.max(1, ends - performance.now()))),
        patienceMs: ends - performance.now() - NOT_SENT_MARGIN_MS,
      })
      .catch((error: unknown) => {
        throw error instanceof Failure
          ? error
          : masterUnavailable('the master did not take the request in time', error);
      });
    const text = Buffer.from(await readAll(answer.body, 65_536)).toString('utf8');
    if (answer.status === 202) return;
    this.#deps.log.error(
      { request_id: request.id, status: answer.status, answer: text.slice(0, 300) },
      'master refused',
    );
    if (answer.status === 429)
      throw new ProtocolError('TooManyRequests', 'the master is busy', { retryAfter: 1 });
    if (answer.status === 413) throw new ProtocolError('PayloadTooLarge');
    throw masterUnavailable('the master did not take the request');
  }

  /** Polls until the response is there. Rejects with a Failure when it never will be. */
  async #response(requestId: string, signal: AbortSignal): Promise<RecordedResponse> {
    for (let failures = 0; ;) {
      signal.throwIfAborted();
      try {
        const answer = await this.#deps.master.openBound({
          method: 'GET',
          target: `/api/v1/responses/${requestId}?timeout_seconds=${MAX_POLL_SECONDS}`,
          signal,
          headersMs: (MAX_POLL_SECONDS + 5) * 1_000,
        });
        const bytes = await readAll(answer.body, MAX_RESPONSE_BYTES);
        if (answer.status === 200) return decodeResponse(bytes);
        if (answer.status === 202) continue;
        if (answer.status < 500 && answer.status !== 429) {
          throw mismatch(`the master no longer knows the request (${answer.status})`);
        }
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof Failure && error.options.http !== 504) throw error;
      }
      failures += 1;
      await abortableSleep(Math.min(2_000, 50 * 2 ** failures), signal);
    }
  }
}

function decodeResponse(bytes: Uint8Array): RecordedResponse {
  const parsed = parseRecordedResponse(bytes);
  if (parsed.ok && /^[\x20-\x7e]*$/.test(parsed.value.content_type)) return parsed.value;
  throw mismatch("the master's response cannot be read");
}

/** A signal that aborts after `ms` or with `stopping`; `end` frees what it holds. */
function lifetime(ms: number, stopping: AbortSignal): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const end = (): void => {
    clearTimeout(timer);
    stopping.removeEventListener('abort', end);
    controller.abort(new ProtocolError('Timeout', 'the request had no result in time'));
  };
  const timer = setTimeout(end, ms).unref();
  stopping.addEventListener('abort', end, { once: true });
  if (stopping.aborted) end();
  return { signal: controller.signal, end };
}

/** The answer exists but must not reach the client. */
function mismatch(message: string): Failure {
  return new Failure({ http: 502, kubernetes: 'InternalError', reason: 'ResponseMismatch', message });
}

/** The master's answer as kubectl gets it. */
function toReply(response: RecordedResponse): Reply {
  const type = response.content_type === '' ? {} : { 'content-type': response.content_type };
  return {
    status: response.status_code,
    headers: { 'cache-control': 'no-cache, private', ...type },
    body: response.body,
  };
}
