import type { ChainCommands } from '../chain/types.ts';
import { ChainAbortError, ChainError } from '../chain/errors.ts';
import type { ApiRequest, ApiResponse } from '../kubernetes/types.ts';
import { decodeBase64url, encodeBase64url } from '../protocol/base64url.ts';
import { bodyDigest } from '../protocol/digest.ts';
import type { Logger } from '../protocol/logger.ts';
import { signResponse } from '../protocol/response-signature.ts';
import { ProtocolError } from '../protocol/status.ts';
import type { TokenSource } from '../protocol/tokens.ts';
import type { KeyValueStore } from '../store/types.ts';
import type { Enclave } from './enclave.ts';
import { statusReply } from './http/reply.ts';
import type { MasterMetrics } from './metrics.ts';
import type { RequestBook } from './request-book.ts';
import type { payloadFault } from './request-check.ts';
import type { RequestEvent, RequestPayload, RequestResult } from './request-record.ts';
import { isReady } from './request-record.ts';

/** Ids of requests that may have been begun, with commas between; durable, so that a restart knows what was under way. */
const RUNNING = '/daas/running';

/** Requests that are marked as begun by one write of the store; a kill leaves the outcome of so many unknown at most. */
const AT_ONCE = 8;

export interface RequestRunnerDeps {
  store: KeyValueStore;
  book: Pick<RequestBook, 'load' | 'complete' | 'markAnchored' | 'unfinished' | 'unanchored'>;
  handle: (request: ApiRequest) => Promise<ApiResponse>;
  commands: Pick<ChainCommands, 'recordResponse'>;
  masterCap: string;
  tokens: TokenSource;
  enclave: Enclave;
  /** Unix milliseconds. */
  now: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Seconds after which a result that cannot be put on chain is given up. */
  ttlSeconds: number;
  /** Why a payload is not what the contract allowed. */
  payloadFault: typeof payloadFault;
  /** Applied to each signature before it is given out. */
  signature: (signature: Uint8Array) => Uint8Array;
  metrics: MasterMetrics;
  log: Logger;
}

interface Answer {
  status: number;
  contentType: string;
  body: Uint8Array;
}

/** A request that may run, and the groups of whoever asked for it. */
interface Ready {
  id: string;
  event: RequestEvent;
  payload: RequestPayload;
  groups: readonly string[];
}

/**
 * Runs the requests whose payload and event have met: one after the other, in the order in which
 * they became ready, each exactly once. Only the storing of a result overlaps with the next request.
 */
export class RequestRunner {
  readonly #deps: RequestRunnerDeps;
  readonly #signal: AbortSignal;
  readonly #queue: string[] = [];
  #working: Promise<void> | undefined;
  /** Marked as begun, and the result not known to be stored. */
  readonly #begun = new Set<string>();
  /** What goes on behind the queue: results on their way to the store and to the chain. */
  readonly #ending = new Set<Promise<void>>();

  constructor(deps: RequestRunnerDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
  }

  /** Takes up what an earlier run left; before anything else is queued. */
  async recover(): Promise<void> {
    const { store, book, log } = this.#deps;
    const running = await store.get(RUNNING);
    const interrupted = new Set(running && Buffer.from(running.value).toString('ascii').split(','));
    for (const id of book.unfinished()) {
      if (!interrupted.has(id)) {
        this.enqueue(id);
        continue;
      }
      // Whether it took effect is not known, and running it again could do it twice.
      log.warn({ request_id: id }, 'the request was interrupted; its outcome is not known');
      const message = 'the master restarted while this request ran; look at the object before trying again';
      await this.#finish(id, toAnswer(statusReply(new ProtocolError('Timeout', message))));
    }
    for (const id of book.unanchored()) this.#anchor(id);
  }

  /** Queues a request; each id once. */
  enqueue(id: string): void {
    this.#queue.push(id);
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
  }

  /** Resolves when everything queued so far has run and its result is on chain or given up. */
  async idle(): Promise<void> {
    await this.#working;
    while (this.#ending.size > 0) await Promise.all(this.#ending);
  }

  async #work(): Promise<void> {
    while (this.#queue.length > 0 && !this.#signal.aborted) {
      const some = await Promise.all(this.#queue.splice(0, AT_ONCE).map((id) => this.#prepare(id)));
      try {
        await this.#runAll(some.filter((one) => one !== undefined));
      } catch (error) {
        this.#deps.log.error({ err: error }, 'requests could not be run');
      }
    }
  }

  /** Undefined when there is nothing to run. */
  async #prepare(id: string): Promise<Ready | undefined> {
    try {
      const record = await this.#deps.book.load(id);
      if (record === undefined || !isReady(record)) return undefined;
      const { event, payload } = record;
      return { id, event, payload, groups: await this.#groupsOf(event) };
    } catch (error) {
      if (!this.#signal.aborted)
        this.#deps.log.error({ err: error, request_id: id }, 'the request was not run');
      return undefined;
    }
  }

  async #runAll(requests: readonly Ready[]): Promise<void> {
    if (requests.length === 0) return;
    for (const { id } of requests) this.#begun.add(id);
    await this.#mark();
    for (const request of requests) {
      if (this.#signal.aborted) this.#begun.delete(request.id);
      else await this.#run(request);
    }
    // What a stop came before is for the next start to run.
    if (this.#signal.aborted) await this.#mark();
  }

  /** Those whose result is just being stored are marked too: once it is, that changes nothing. */
  async #mark(): Promise<void> {
    await this.#deps.store.put(RUNNING, Buffer.from([...this.#begun].join(','), 'ascii'));
  }

  async #run(request: Ready): Promise<void> {
    const { id } = request;
    const started = performance.now();
    const answer = await this.#answer(request);
    const took_ms = Math.round(performance.now() - started);
    const { method, path } = request.event;
    this.#deps.log.info({ request_id: id, method, path, status: answer.status, took_ms }, 'request run');
    const finished = this.#finish(id, answer).then(() => void this.#begun.delete(id));
    this.#behind(id, finished, 'the result could not be stored');
  }

  async #answer({ event, payload, groups }: Ready): Promise<Answer> {
    const fault = this.#deps.payloadFault(event, payload);
    if (fault !== undefined) return toAnswer(statusReply(new ProtocolError('Forbidden', fault)));
    const headers: Record<string, string> = {};
    if (payload.content_type !== '') headers['content-type'] = payload.content_type;
    if (payload.accept !== '') headers['accept'] = payload.accept;
    try {
      const response = await this.#deps.handle({
        method: payload.method,
        path: payload.path,
        query: payload.query,
        headers,
        body: decodeBase64url(payload.body) ?? new Uint8Array(),
        user: { name: event.requester, groups },
        signal: this.#signal,
        requestId: event.request_id,
      });
      return await collect(response);
    } catch (error) {
      this.#deps.log.error({ err: error, request_id: event.request_id }, 'the Kubernetes API failed');
      return toAnswer(statusReply(new ProtocolError('InternalError')));
    }
  }

  async #groupsOf(event: RequestEvent): Promise<string[]> {
    for (;;) {
      const token = await this.#deps.tokens.lookup(event.token, 'seal');
      if (token.status === 'found') return [`daas:${token.stakeType}s`];
      if (token.status === 'unknown') return ['daas:users'];
      // The chain is out of reach. No new requests come meanwhile, so waiting holds nobody else up.
      await this.#deps.sleep(200, this.#signal);
      if (this.#signal.aborted) throw new Error('shutting down');
    }
  }

  async #finish(id: string, answer: Answer): Promise<void> {
    const { enclave, book, metrics, signature } = this.#deps;
    const timestampMs = this.#deps.now();
    const keyVersion = enclave.keyVersion();
    const statement = {
      requestId: id,
      statusCode: answer.status,
      bodyDigest: bodyDigest(answer.body),
      keyVersion,
    };
    const result: RequestResult = {
      request_id: id,
      status_code: answer.status,
      content_type: answer.contentType,
      body: encodeBase64url(answer.body),
      timestamp_ms: timestampMs,
      key_version: Number(keyVersion),
      signature: encodeBase64url(signature(signResponse(enclave.key.sign, statement, timestampMs))),
    };
    await book.complete(id, result);
    metrics.executed(answer.status);
    this.#anchor(id, { status: answer.status, digest: statement.bodyDigest });
  }

  /** Puts a result on chain in the background; tries until it is there or too old to matter. */
  #anchor(id: string, known?: { status: number; digest: Uint8Array }): void {
    this.#behind(id, this.#record(id, known), 'result not recorded');
  }

  /** Lets work on a request go on behind the queue; `idle` waits for it. */
  #behind(id: string, work: Promise<void>, failure: string): void {
    const task = work.catch((error: unknown) => {
      if (!this.#signal.aborted) this.#deps.log.error({ err: error, request_id: id }, failure);
    });
    this.#ending.add(task);
    void task.finally(() => this.#ending.delete(task));
  }

  async #record(id: string, known: { status: number; digest: Uint8Array } | undefined): Promise<void> {
    const { commands, masterCap, book, now, ttlSeconds, sleep, log } = this.#deps;
    const facts = known ?? (await this.#factsOf(id));
    if (facts === undefined) return;
    const call = { masterCap, requestId: id, statusCode: facts.status, bodyDigest: facts.digest };
    const giveUpAt = now() + ttlSeconds * 1000;
    for (let pause = 100; ; pause = Math.min(pause * 2, 5_000)) {
      try {
        const receipt = await commands.recordResponse(call, { signal: this.#signal });
        log.info({ request_id: id, tx: receipt.digest, status: facts.status }, 'result recorded on chain');
        break;
      } catch (error) {
        // Answered already: an attempt whose outcome was unknown did take effect.
        if (error instanceof ChainAbortError && error.abort.name === 'EAlreadyAnswered') break;
        if (!(error instanceof ChainError) || now() > giveUpAt) throw error;
        log.warn({ err: error, request_id: id }, 'recording the result failed, trying again');
      }
      await sleep(pause, this.#signal);
      if (this.#signal.aborted) return;
    }
    await book.markAnchored(id);
  }

  async #factsOf(id: string): Promise<{ status: number; digest: Uint8Array } | undefined> {
    const result = (await this.#deps.book.load(id))?.result;
    if (result === undefined) return undefined;
    return {
      status: result.status_code,
      digest: bodyDigest(decodeBase64url(result.body) ?? new Uint8Array()),
    };
  }
}

function toAnswer(reply: { status: number; headers: Record<string, string>; body: unknown }): Answer {
  const body = reply.body instanceof Uint8Array ? reply.body : new Uint8Array();
  return { status: reply.status, contentType: reply.headers['content-type'] ?? '', body };
}

async function collect(response: ApiResponse): Promise<Answer> {
  if (response.body instanceof Uint8Array) return toAnswer(response);
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return toAnswer({ ...response, body: Buffer.concat(chunks) });
}
