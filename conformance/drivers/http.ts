import { Agent } from 'undici';
import { TargetError, describeError } from '../errors.ts';

/** One request and its answer as it went over the wire, for reports. Bodies are cut to a few kilobytes. */
export interface Exchange {
  request: { method: string; url: string; headers: Record<string, string>; body?: string };
  response?: { status: number; headers: Record<string, string>; body?: string };
  error?: string;
  /** Unix milliseconds. */
  at_ms: number;
  duration_ms: number;
}

export type Headers = Record<string, string> | readonly (readonly [string, string])[];

export interface SendOptions {
  headers?: Headers;
  body?: string | Uint8Array | object;
  /** Milliseconds until the whole answer must be there. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  text: string;
  /** The body as JSON; undefined when it is none. */
  json: unknown;
  exchange: Exchange;
}

export interface HttpDriverOptions {
  baseUrl: string;
  /** PEM of the authority to trust; the system's roots when absent. */
  ca?: string | undefined;
  /** Certificate and key to identify with, PEM. */
  client?: { cert: string; key: string };
  /** Name that the server's certificate is for, when it is not the host of the URL. */
  servername?: string;
  /** Receives each exchange. */
  record?: (exchange: Exchange) => void;
  timeoutMs?: number;
}

const BODY_KEPT = 4096;

/**
 * Sends requests exactly as told: the request target is not normalised, headers may repeat, redirects are not
 * followed, nothing is retried. A target that cannot be reached or does not answer in time is a TargetError.
 */
export class HttpDriver implements AsyncDisposable {
  readonly baseUrl: string;
  readonly #agent: Agent;
  readonly #record: (exchange: Exchange) => void;
  readonly #timeoutMs: number;

  constructor(options: HttpDriverOptions) {
    this.baseUrl = options.baseUrl.replace(/\/+$/, '');
    this.#record = options.record ?? (() => undefined);
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#agent = new Agent({
      connect: {
        ca: options.ca ?? null,
        ...options.client,
        ...(options.servername !== undefined && { servername: options.servername }),
        timeout: 5_000,
      } as {
        ca: string;
        timeout: number;
      },
      connections: 64,
      pipelining: 1,
      keepAliveTimeout: 10_000,
      bodyTimeout: 0,
      headersTimeout: 0,
    });
  }

  /** The same connections, each exchange reported to `record` too. */
  recording(record: (exchange: Exchange) => void): RecordedHttp {
    return {
      baseUrl: this.baseUrl,
      send: (method, target, options) => this.#send(method, target, options, record),
      stream: (target, options) => this.#stream(target, options, record),
    };
  }

  send(method: string, target: string, options: SendOptions = {}): Promise<HttpAnswer> {
    return this.#send(method, target, options, this.#record);
  }

  async #send(
    method: string,
    target: string,
    options: SendOptions = {},
    record: (exchange: Exchange) => void,
  ): Promise<HttpAnswer> {
    const { exchange, headers, body } = this.#begin(method, target, options);
    const deadline = AbortSignal.timeout(options.timeoutMs ?? this.#timeoutMs);
    const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
    try {
      const answer = await this.#agent.request({
        origin: this.baseUrl,
        path: target,
        method,
        headers,
        body,
        signal,
      });
      const bytes = Buffer.from(await answer.body.arrayBuffer());
      return finish(exchange, answer.statusCode, flatten(answer.headers), bytes);
    } catch (cause) {
      exchange.error = describeError(cause);
      throw unreachable(method, this.baseUrl + target, cause, deadline.aborted);
    } finally {
      exchange.duration_ms = Date.now() - exchange.at_ms;
      record(exchange);
    }
  }

  /** Opens a streaming answer, such as a watch. The caller disposes it. */
  async #stream(
    target: string,
    options: SendOptions = {},
    record: (exchange: Exchange) => void,
  ): Promise<HttpStream> {
    const { exchange, headers } = this.#begin('GET', target, options);
    const closed = new AbortController();
    const deadline = AbortSignal.timeout(options.timeoutMs ?? this.#timeoutMs);
    const late = () => closed.abort(deadline.reason);
    deadline.addEventListener('abort', late);
    try {
      const signal = options.signal ? AbortSignal.any([options.signal, closed.signal]) : closed.signal;
      const answer = await this.#agent.request({
        origin: this.baseUrl,
        path: target,
        method: 'GET',
        headers,
        signal,
      });
      exchange.response = { status: answer.statusCode, headers: flatten(answer.headers) };
      return new HttpStream(answer.statusCode, flatten(answer.headers), answer.body, closed);
    } catch (cause) {
      exchange.error = describeError(cause);
      throw unreachable('GET', this.baseUrl + target, cause, deadline.aborted);
    } finally {
      deadline.removeEventListener('abort', late);
      exchange.duration_ms = Date.now() - exchange.at_ms;
      record(exchange);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }

  #begin(method: string, target: string, options: SendOptions) {
    const pairs: (readonly [string, string])[] = Array.isArray(options.headers)
      ? [...(options.headers as readonly (readonly [string, string])[])]
      : Object.entries((options.headers ?? {}) as Record<string, string>);
    const plain = typeof options.body === 'object' && !(options.body instanceof Uint8Array);
    const body = plain
      ? JSON.stringify(options.body)
      : ((options.body as string | Uint8Array | undefined) ?? null);
    if (plain && !pairs.some(([name]) => name.toLowerCase() === 'content-type')) {
      pairs.push(['content-type', 'application/json']);
    }
    const exchange: Exchange = {
      request: { method, url: this.baseUrl + target, headers: Object.fromEntries(pairs) },
      at_ms: Date.now(),
      duration_ms: 0,
    };
    if (body !== null) exchange.request.body = keep(Buffer.from(body));
    return { exchange, headers: pairs.flat(), body };
  }
}

/** The part of a driver that checks use; what passes through it is kept as evidence. */
export interface RecordedHttp {
  readonly baseUrl: string;
  send(method: string, target: string, options?: SendOptions): Promise<HttpAnswer>;
  stream(target: string, options?: SendOptions): Promise<HttpStream>;
}

/** A streaming answer, read line by line. */
export class HttpStream implements AsyncDisposable {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly #body: AsyncIterable<Buffer>;
  readonly #closed: AbortController;

  constructor(
    status: number,
    headers: Record<string, string>,
    body: AsyncIterable<Buffer>,
    closed: AbortController,
  ) {
    this.status = status;
    this.headers = headers;
    this.#body = body;
    this.#closed = closed;
  }

  /** Lines without their end, until the server or `close` ends the stream. */
  async *lines(): AsyncGenerator<string> {
    let rest = '';
    const decoder = new TextDecoder();
    try {
      for await (const chunk of this.#body) {
        rest += decoder.decode(chunk, { stream: true });
        const parts = rest.split('\n');
        rest = parts.pop() ?? '';
        yield* parts.filter((line) => line.length > 0);
      }
    } catch (error) {
      if (!this.#closed.signal.aborted) throw new TargetError('the stream broke off', { cause: error });
    }
    if (rest.length > 0) yield rest;
  }

  close(): void {
    this.#closed.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await Promise.resolve();
  }
}

function finish(
  exchange: Exchange,
  status: number,
  headers: Record<string, string>,
  body: Buffer,
): HttpAnswer {
  exchange.response = { status, headers };
  if (body.length > 0) exchange.response.body = keep(body);
  const text = body.toString('utf8');
  return { status, headers, body, text, json: parseJson(text), exchange };
}

function unreachable(method: string, url: string, cause: unknown, late: boolean): TargetError {
  const words = describeError(cause);
  if (late)
    return new TargetError(`${method} ${url} was not answered in time`, { hint: 'is the process hanging?' });
  const tls = /certificate|self-signed|issuer|altname|SSL|TLS/i.test(words);
  return new TargetError(`${method} ${url} failed: ${words}`, {
    cause,
    hint: tls
      ? 'the certificate is not signed by the authority named by `ca` in the target file'
      : 'is it running, and is its url in the target file right?',
  });
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

function keep(body: Buffer): string {
  const text = body.subarray(0, BODY_KEPT).toString('utf8');
  return body.length > BODY_KEPT ? `${text}… (${body.length} bytes)` : text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
