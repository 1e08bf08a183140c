import { contentTypeOf, dataFrame, decodeRequest, trailerFrame, wireFormat } from './grpc-web.ts';
import type { WireFormat } from './grpc-web.ts';
import type { OutageGate } from './outage.ts';
import type { Method, ServiceRegistry } from './service.ts';
import { RpcFailure } from './status.ts';

export interface GrpcRequest {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly contentType: string | undefined;
  /** Value of `grpc-timeout`. */
  readonly timeout: string | undefined;
  readonly body: Uint8Array;
  /** Any of them aborts when the caller goes away or the server stops. */
  readonly signals: readonly AbortSignal[];
}

export interface GrpcResponse {
  readonly status: number;
  readonly contentType: string;
  /** Frames; each goes out when it is there. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Turns gRPC-web requests into calls of registered methods. */
export class GrpcEndpoint {
  readonly #services: ServiceRegistry;
  readonly #outage: OutageGate;
  readonly #onError: (path: string, error: unknown) => void;

  constructor(
    services: ServiceRegistry,
    outage: OutageGate,
    onError: (path: string, error: unknown) => void = () => {},
  ) {
    this.#services = services;
    this.#outage = outage;
    this.#onError = onError;
  }

  /** Whether a request is meant for this endpoint. */
  accepts(contentType: string | undefined): boolean {
    return wireFormat(contentType) !== undefined;
  }

  handle(request: GrpcRequest): GrpcResponse {
    const format = wireFormat(request.contentType) ?? 'binary';
    return { status: 200, contentType: contentTypeOf(format), body: begun(this.#answer(request, format)) };
  }

  async *#answer(request: GrpcRequest, format: WireFormat): AsyncGenerator<Uint8Array, void, undefined> {
    const scope = new CallScope(request, this.#outage);
    try {
      yield* this.#frames(request, format, scope);
      yield trailerFrame('OK', '', format);
    } catch (error) {
      const failure = this.#failureOf(
        scope.signal.aborted ? (scope.signal.reason as unknown) : error,
        request.path,
      );
      yield trailerFrame(failure.code, failure.message, format);
    } finally {
      scope.close();
    }
  }

  async *#frames(
    request: GrpcRequest,
    format: WireFormat,
    { signal }: CallScope,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    signal.throwIfAborted();
    const method: Method = this.#services.find(request.path);
    const message = decodeRequest(request.body, format);
    // Without an outage nothing is awaited, so that a subscription starts at the very moment of its call.
    if (this.#outage.mode !== undefined) await this.#outage.pass(signal);
    if (method.kind === 'unary') {
      const answer = await method.call(message, { signal });
      await this.#outage.pass(signal);
      yield dataFrame(answer, format);
      return;
    }
    for await (const answer of method.call(message, { signal })) {
      await this.#outage.pass(signal);
      yield dataFrame(answer, format);
    }
    signal.throwIfAborted();
  }

  #failureOf(error: unknown, path: string): RpcFailure {
    if (error instanceof RpcFailure) return error;
    if (error instanceof DOMException && error.name === 'AbortError')
      return new RpcFailure('CANCELLED', 'the call was cancelled');
    this.#onError(path, error);
    return new RpcFailure('INTERNAL', 'internal error');
  }
}

/** Starts a generator now rather than when its first value is asked for. */
function begun<T>(generator: AsyncGenerator<T, void, undefined>): AsyncIterable<T> {
  const first = generator.next();
  return (async function* (): AsyncGenerator<T, void, undefined> {
    try {
      const { value, done } = await first;
      if (done === true) return;
      yield value as T;
      yield* generator;
    } finally {
      await generator.return();
    }
  })();
}

const TIMEOUT = /^(\d{1,8})([HMSmun])$/;
const UNIT_MS = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 0.001, n: 0.000_001 } as const;

/** One signal for everything that can end a call early. */
class CallScope {
  readonly signal: AbortSignal;
  readonly #release: (() => void)[] = [];

  constructor(request: GrpcRequest, outage: OutageGate) {
    const controller = new AbortController();
    this.signal = controller.signal;
    // Listeners that are taken off again: AbortSignal.any would leave a trace of every call at a signal that outlives it.
    for (const signal of request.signals) {
      const abort = (): void => controller.abort(signal.reason);
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort, { once: true });
      this.#release.push(() => signal.removeEventListener('abort', abort));
    }
    this.#release.push(outage.onInterruption((reason) => controller.abort(reason)));
    const match = TIMEOUT.exec(request.timeout ?? '');
    if (match === null) return;
    const ms = Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
    const timer = setTimeout(
      () => controller.abort(new RpcFailure('DEADLINE_EXCEEDED', 'the deadline has passed')),
      Math.min(ms, 0x7fff_ffff),
    );
    timer.unref();
    this.#release.push(() => clearTimeout(timer));
  }

  close(): void {
    for (const release of this.#release) release();
  }
}
