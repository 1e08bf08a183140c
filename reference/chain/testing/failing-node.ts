import { HttpResponse, bypass, http, passthrough } from 'msw';
import { setupServer } from 'msw/node';
import type { SuiGrpcClient } from '@mysten/sui/grpc';
import { connectChain } from '../connect.ts';

/**
 * How a node fails a call.
 * - a number: an HTTP status with a page of a proxy, the node never saw the call
 * - `reset`: the connection breaks, the node never saw the call
 * - `hang`: no answer, ever
 * - `lost`: the node did what it was asked for, and the answer is a bad gateway
 * - `truncated`: the answer ends in the middle
 * - `garbage`: the answer is a frame of noise
 * - `stale`: the answer that the same question got first
 */
export type Fault = number | 'reset' | 'hang' | 'lost' | 'truncated' | 'garbage' | 'stale';

/** What becomes of the frames of an event stream: for each frame those that are passed on. */
export type Rearrangement = () => (frame: Uint8Array) => readonly Uint8Array[];

const HEADER_BYTES = 5;
const TRAILER = 0x80;

/** msw between a client and a localnet: it passes calls on, and fails those that it is told to. */
export class FailingNode implements Disposable {
  readonly client: SuiGrpcClient;
  /** gRPC methods in the order of the calls. */
  readonly calls: string[] = [];
  rearrange: Rearrangement | undefined;
  /** Cuts the next streams after so many frames, in the middle of one. */
  readonly cutStreamsAfter: number[] = [];
  readonly #plan: { method: string; fault: Fault }[] = [];
  readonly #first = new Map<string, ArrayBuffer>();
  readonly #server;

  constructor(localnetUrl: string) {
    const url = 'http://full-node.test';
    this.client = connectChain(url);
    this.#server = setupServer(
      http.post(`${url}/:service/:method`, async ({ request, params }) => {
        const method = String(params['method']);
        this.calls.push(method);
        const target = `${localnetUrl}${new URL(request.url).pathname}`;
        return this.#answer(method, target, request);
      }),
    );
    // What goes on to the localnet comes by here, too.
    this.#server.use(http.all(`${localnetUrl}/*`, () => passthrough()));
    this.#server.listen();
  }

  /** The next calls of a method fail so, one after the other. */
  fail(method: string, ...faults: readonly Fault[]): void {
    for (const fault of faults) this.#plan.push({ method, fault });
  }

  /** Faults that no call has met. */
  get pending(): number {
    return this.#plan.length;
  }

  /** A sound node again, that was never asked. */
  reset(): void {
    this.calls.length = 0;
    this.#plan.length = 0;
    this.cutStreamsAfter.length = 0;
    this.rearrange = undefined;
    this.#first.clear();
  }

  async #answer(method: string, target: string, request: Request): Promise<Response> {
    const at = this.#plan.findIndex((entry) => entry.method === method);
    const fault = at === -1 ? undefined : this.#plan.splice(at, 1)[0]?.fault;
    if (typeof fault === 'number') {
      const headers = { 'retry-after': '1', 'content-type': 'text/html' };
      return new HttpResponse('<html>no</html>', { status: fault, headers });
    }
    if (fault === 'reset') return HttpResponse.error();
    if (fault === 'hang') return silence(request.signal);
    const body = await request.arrayBuffer();
    const forwarded = await fetch(
      bypass(target, { method: 'POST', headers: request.headers, body, signal: request.signal }),
    );
    const headers = { 'content-type': forwarded.headers.get('content-type') ?? '' };
    if (method.startsWith('Subscribe')) return new HttpResponse(this.#stream(forwarded), { headers });
    const answer = await forwarded.arrayBuffer();
    const question = `${method} ${Buffer.from(body).toString('hex')}`;
    if (!this.#first.has(question)) this.#first.set(question, answer);
    switch (fault) {
      case 'lost':
        return new HttpResponse('<html>bad gateway</html>', { status: 502 });
      case 'truncated':
        return new HttpResponse(answer.slice(0, Math.floor(answer.byteLength / 2)), { headers });
      case 'garbage':
        return new HttpResponse(Buffer.concat([Buffer.of(0, 0, 0, 0, 9), Buffer.alloc(9, 0xff)]), {
          headers,
        });
      case 'stale':
        return new HttpResponse(this.#first.get(question), { headers });
      case undefined:
        return new HttpResponse(answer, { headers });
    }
  }

  #stream(forwarded: Response): ReadableStream<Uint8Array> {
    const pass = this.rearrange?.() ?? ((frame) => [frame]);
    let left = this.cutStreamsAfter.shift() ?? Infinity;
    let rest = Buffer.alloc(0);
    const frames = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        rest = Buffer.concat([rest, chunk]);
        while (rest.length >= HEADER_BYTES) {
          const end = HEADER_BYTES + rest.readUInt32BE(1);
          if (rest.length < end) return;
          const frame = new Uint8Array(rest.subarray(0, end));
          rest = rest.subarray(end);
          if (frame[0] === TRAILER) {
            controller.enqueue(frame);
            continue;
          }
          if (left-- <= 0) {
            controller.enqueue(frame.subarray(0, frame.length >> 1));
            controller.terminate();
            return;
          }
          for (const one of pass(frame)) controller.enqueue(one);
        }
      },
    });
    return (forwarded.body as ReadableStream<Uint8Array>).pipeThrough(frames);
  }

  [Symbol.dispose](): void {
    this.#server.close();
  }
}

/** Ends with the caller's patience alone. */
function silence(signal: AbortSignal): Promise<Response> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(HttpResponse.error()), { once: true });
  });
}
