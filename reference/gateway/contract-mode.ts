import { z } from 'zod';
import { ChainAbortError, ChainError } from '../chain/errors.ts';
import type { ChainCommands } from '../chain/types.ts';
import { decodeBase64url, encodeBase64url } from '../protocol/base64url.ts';
import { payloadDigest } from '../protocol/digest.ts';
import type { ResourceRequest } from '../protocol/kubernetes-request.ts';
import type { Logger } from '../protocol/logger.ts';
import { ProtocolError } from '../protocol/status.ts';
import { parseStrictJsonPlain } from '../protocol/strict-json.ts';
import type { Principal } from '../protocol/verifier-types.ts';
import { abortableSleep } from '../chain/event-stream.ts';
import { Failure, masterUnavailable } from './http/reply.ts';
import type { GatewayRequest, Reply } from './http/types.ts';
import type { MasterClient } from './master-client.ts';
import { readAll } from './master-client.ts';
import type { Outcomes } from './outcomes.ts';
import type { EnclaveIdentity, MasterResponse } from './response-check.ts';
import type { ResultHub } from './result-hub.ts';
import type { GatewaySeams } from './seams.ts';

export interface ContractModeDeps {
  seams: GatewaySeams;
  commands: ChainCommands;
  master: MasterClient;
  results: ResultHub;
  outcomes: Outcomes;
  gatewayCap: string;
  /** The attested key; throws a Failure (503) while there is none. */
  enclave: () => EnclaveIdentity;
  deadlineMs: number;
  outcomeTtlSeconds: number;
  log: Logger;
  /** Aborts when the gateway stops. */
  stopping: AbortSignal;
}

/** Bodies of answers are a few MiB at most; base64 makes a third more of them. */
const MAX_RESPONSE_BYTES = 64 * 1_048_576;
const MAX_POLL_SECONDS = 30;

const responseSchema = z.object({
  request_id: z.string(),
  status_code: z.number().int().min(100).max(599),
  content_type: z.string().regex(/^[\x20-\x7e]{0,256}$/),
  body: z.string(),
  timestamp_ms: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  key_version: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  signature: z.string(),
});

/** Carries a request over the chain: payload to the master, command on chain, result back, all compared. */
export class ContractMode {
  readonly #deps: ContractModeDeps;

  constructor(deps: ContractModeDeps) {
    this.#deps = deps;
  }

  async run(request: GatewayRequest, wanted: ResourceRequest, principal: Principal): Promise<Reply> {
    const { deadlineMs, outcomes, outcomeTtlSeconds, stopping } = this.#deps;
    const ends = performance.now() + deadlineMs;
    this.#deps.enclave();
    const body = await request.readBody();
    // The client's leaving does not undo what is on chain: the flight goes on for as long as its outcome is kept.
    const life = AbortSignal.any([AbortSignal.timeout(outcomeTtlSeconds * 1_000), stopping]);
    const flight = this.#fly(request, wanted, principal, body, ends, life);
    const timer = new AbortController();
    const late = abortableSleep(ends - performance.now(), AbortSignal.any([timer.signal, request.signal]));
    try {
      const first = await Promise.race([flight, late.then(() => 'late' as const)]);
      if (first !== 'late') return toReply(first);
    } finally {
      timer.abort();
    }
    if (!outcomes.keep(request.id, principal.owner, flight)) flight.catch(() => {});
    throw new ProtocolError('Timeout', `no answer yet; ask for /daas/v1/requests/${request.id}`);
  }

  async #fly(
    request: GatewayRequest,
    wanted: ResourceRequest,
    principal: Principal,
    body: Uint8Array,
    ends: number,
    life: AbortSignal,
  ): Promise<MasterResponse> {
    const { seams, commands, results, gatewayCap, log } = this.#deps;
    const contentType = request.headers['content-type'] ?? '';
    const { method, path, query } = request;
    // First the payload: when the master is away, nothing must appear on chain.
    await this.#offer(request, contentType, body, ends);
    const over = new AbortController();
    const signal = AbortSignal.any([life, over.signal]);
    const recorded = results.wait(request.id, signal);
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
          deadlineMs: Math.max(1, ends - performance.now()),
        })
        .catch((error: unknown) => this.#notExecuted(error));
      log.info({ request_id: request.id, tx_digest: receipt?.digest }, 'on chain');
      const [response, result] = await Promise.all([this.#response(request.id, signal), recorded]);
      const fault = seams.checkResponse(response, result, this.#deps.enclave());
      if (fault === undefined) return response;
      log.error({ request_id: request.id, fault }, 'the response does not match the chain');
      throw new Failure({
        http: 502,
        kubernetes: 'InternalError',
        reason: 'ResponseMismatch',
        message: `the master's response was refused: its ${fault} is not what the chain and the enclave vouch for`,
      });
    } finally {
      over.abort(new Error('the request is over'));
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
    const payload = {
      method: request.method,
      path: request.path,
      query: request.query,
      content_type: contentType,
      accept: request.headers['accept'] ?? '',
      body: encodeBase64url(body),
    };
    const answer = await this.#deps.master
      .openBound({
        method: 'PUT',
        target: `/api/v1/requests/${request.id}`,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify(payload)),
        signal: AbortSignal.timeout(Math.max(1, ends - performance.now())),
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
  async #response(requestId: string, signal: AbortSignal): Promise<MasterResponse> {
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
        if (answer.status === 200) return decodeResponse(bytes, requestId);
        if (answer.status === 202) continue;
        if (answer.status < 500 && answer.status !== 429) {
          throw new Failure({
            http: 502,
            kubernetes: 'InternalError',
            reason: 'ResponseMismatch',
            message: `the master no longer knows the request (${answer.status})`,
          });
        }
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof Failure && error.options.http !== 503) throw error;
      }
      failures += 1;
      await abortableSleep(Math.min(2_000, 50 * 2 ** failures), signal);
    }
  }
}

function decodeResponse(bytes: Uint8Array, requestId: string): MasterResponse {
  const parsed = parseStrictJsonPlain(bytes);
  const fields = parsed.ok ? responseSchema.safeParse(parsed.value) : undefined;
  const body = decodeBase64url(fields?.data?.body ?? '');
  const signature = decodeBase64url(fields?.data?.signature ?? '');
  if (fields?.success !== true || body === undefined || signature === undefined) {
    throw new Failure({
      http: 502,
      kubernetes: 'InternalError',
      reason: 'ResponseMismatch',
      message: `the master's response to ${requestId} cannot be read`,
    });
  }
  const { data } = fields;
  return {
    requestId: data.request_id,
    statusCode: data.status_code,
    contentType: data.content_type,
    body,
    timestampMs: data.timestamp_ms,
    keyVersion: BigInt(data.key_version),
    signature,
  };
}

/** The master's answer as kubectl gets it. */
export function toReply(response: MasterResponse): Reply {
  const type = response.contentType === '' ? {} : { 'content-type': response.contentType };
  return {
    status: response.statusCode,
    headers: { 'cache-control': 'no-cache, private', ...type },
    body: response.body,
  };
}
