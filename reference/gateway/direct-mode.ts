import { statusBody } from '../protocol/status.ts';
import type { Principal } from '../protocol/verifier-types.ts';
import type { GatewayRequest, Reply } from './http/types.ts';
import type { EnclaveTrust } from './enclave-trust.ts';
import type { MasterAnswer, MasterClient } from './master-client.ts';
import type { OpenStreams, StreamEnd } from './open-streams.ts';
import type { GatewaySeams } from './seams.ts';

export interface DirectModeDeps {
  seams: GatewaySeams;
  master: MasterClient;
  streams: OpenStreams;
  enclave: Pick<EnclaveTrust, 'current'>;
  /** Milliseconds to go on trying while no master answers. */
  patienceMs: number;
}

/** Why a stream was ended from here; empty while it was not. */
interface Ending {
  by?: StreamEnd;
}

/** Headers of the master's answer that mean something to the client. */
const PASSED_BACK = [
  'content-type',
  'content-encoding',
  'cache-control',
  'etag',
  'expires',
  'last-modified',
  'retry-after',
  'vary',
  'warning',
  'x-kubernetes-pf-flowschema-uid',
  'x-kubernetes-pf-prioritylevel-uid',
];

/** Headers of the client's request that mean something to the Kubernetes API; all others stay here. */
const PASSED_ON = ['accept', 'accept-encoding', 'if-none-match', 'user-agent'];

/** Headers for the master: a fixed few, so that no claim of identity can slip through. */
export function forwardedHeaders(request: GatewayRequest): Record<string, string> {
  const headers: Record<string, string> = { 'audit-id': request.id };
  for (const name of PASSED_ON) {
    const value = request.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}

/** Reads that go straight to the master and stream back as they come. */
export class DirectMode {
  readonly #deps: DirectModeDeps;

  constructor(deps: DirectModeDeps) {
    this.#deps = deps;
  }

  /** `streaming`: a watch or a followed log, which may be silent for as long as it likes. */
  async run(request: GatewayRequest, principal: Principal, streaming: boolean): Promise<Reply> {
    const { seams, master, streams, enclave, patienceMs } = this.#deps;
    enclave.current();
    const cut = new AbortController();
    const ending: Ending = {};
    // Short answers are over before anything could end them.
    const leave = !streaming
      ? () => {}
      : streams.add(principal.token, (reason) => {
          ending.by = reason;
          cut.abort(new Error(reason));
        });
    request.signal.addEventListener('abort', leave, { once: true });
    try {
      const answer = await master.openAs(
        { name: principal.owner, group: principal.kind === 'admin' ? 'daas:admins' : 'daas:users' },
        {
          method: request.method,
          target: request.query === '' ? request.path : `${request.path}?${request.query}`,
          headers: seams.forwardedHeaders(request),
          signal: AbortSignal.any([request.signal, cut.signal]),
          patienceMs,
          // A master that takes the connection and then says nothing is as good as none.
          headersMs: patienceMs,
          silenceMs: streaming ? 0 : 30_000,
        },
      );
      return {
        status: answer.status,
        headers: passedBack(answer),
        body: relay(answer, leave, ending),
      };
    } catch (error) {
      leave();
      throw error;
    }
  }
}

async function* relay(answer: MasterAnswer, leave: () => void, ending: Ending): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of answer.body) yield chunk as Uint8Array;
  } catch (error) {
    // A watch that ends with its token says so in its own language; anything else is a broken body.
    const type = String(answer.headers['content-type'] ?? '');
    if (ending.by === undefined) throw error;
    if (ending.by === 'shutdown') return;
    if (type.startsWith('application/json') && answer.headers['content-encoding'] === undefined) {
      yield Buffer.from(`${JSON.stringify({ type: 'ERROR', object: statusBody(ending.by) })}\n`);
    }
  } finally {
    leave();
    answer.body.destroy();
  }
}

function passedBack(answer: MasterAnswer): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of PASSED_BACK) {
    const value = answer.headers[name];
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}
