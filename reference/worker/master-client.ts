import type { Signer } from '@mysten/sui/cryptography';
import { Agent } from 'undici';
import type { Clock } from '../protocol/clock.ts';
import type { ClientCertificate } from '../tls/client-certificate.ts';
import type { WorkerSeams } from './seams.ts';
import { parseRetryAfter } from './backoff.ts';

/** Largest answer that is read, bytes. */
const MAX_ANSWER = 1 << 20;

export interface MasterAnswer {
  status: number;
  body: Uint8Array;
  /** Seconds from Retry-After. */
  retryAfter: number | undefined;
}

/** The master could not be reached, did not answer in time or not in a usable way. */
export class MasterUnreachableError extends Error {
  override readonly name = 'MasterUnreachableError';
  /** Its certificate is not to be trusted. */
  readonly untrusted: boolean;
  constructor(message: string, untrusted: boolean, options?: { cause?: unknown }) {
    super(message, options);
    this.untrusted = untrusted;
  }
}

export interface MasterClientOptions {
  /** Base URL. */
  url: string;
  /** PEM of the CA; undefined: the system's roots. */
  ca: string | undefined;
  /** To present to a master that asks for one. */
  clientCertificate?: ClientCertificate | undefined;
  seams: Pick<
    WorkerSeams,
    'verifiesCertificates' | 'keepsConnections' | 'mint' | 'answer' | 'followsRedirects' | 'patience'
  >;
  signer: Signer;
  /** Cluster's id. */
  audience: string;
  clock: Clock;
  randomBytes: (size: number) => Uint8Array;
}

/** Longest wait for an answer unless a call says otherwise, milliseconds. */
const TIMEOUT_MS = 10_000;

/** Talks to the master over a few kept connections; never follows a redirect. */
export class MasterClient {
  readonly #options: MasterClientOptions;
  #agent: Agent;

  constructor(options: MasterClientOptions) {
    this.#options = options;
    this.#agent = this.#connect();
  }

  /** Without a credential. Rejects with MasterUnreachableError, or the signal's reason. */
  get(target: string, signal: AbortSignal): Promise<MasterAnswer> {
    return this.#send('GET', target, {}, undefined, signal, TIMEOUT_MS);
  }

  /** With a fresh one-shot credential for the seal token `token`. Rejections: see `get`. */
  async post(
    target: string,
    token: string,
    body: string,
    signal: AbortSignal,
    timeoutMs = TIMEOUT_MS,
  ): Promise<MasterAnswer> {
    const { signer, audience, clock, randomBytes, seams } = this.#options;
    const bytes = Buffer.from(body);
    const { credential } = await seams.mint(signer, {
      token,
      audience,
      clock,
      randomBytes,
      // Long enough for the slowest answer and both clocks' errors, useless soon after.
      lifeSeconds: 60,
      request: { method: 'POST', target, body: bytes },
    });
    const headers = { 'content-type': 'application/json', 'x-seal-token': credential.reveal() };
    return await this.#send('POST', target, headers, bytes, signal, timeoutMs);
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #connect(): Agent {
    const { ca, clientCertificate, seams } = this.#options;
    return new Agent({
      connections: 2,
      keepAliveTimeout: 60_000,
      connect: {
        minVersion: 'TLSv1.3',
        timeout: TIMEOUT_MS,
        rejectUnauthorized: seams.verifiesCertificates,
        ...(ca === undefined ? {} : { ca }),
        ...clientCertificate,
      },
    });
  }

  async #send(
    method: 'GET' | 'POST',
    target: string,
    headers: Record<string, string>,
    body: Uint8Array | undefined,
    signal: AbortSignal,
    timeoutMs: number,
    origin = this.#options.url,
  ): Promise<MasterAnswer> {
    const { seams } = this.#options;
    if (!seams.keepsConnections) this.#agent = this.#connect();
    const late = AbortSignal.timeout(Math.ceil(seams.patience(timeoutMs)));
    try {
      const response = await this.#agent.request({
        origin,
        path: target,
        method,
        headers,
        body: body ?? null,
        signal: AbortSignal.any([signal, late]),
      });
      const { location } = response.headers;
      if (seams.followsRedirects && response.statusCode < 400 && typeof location === 'string') {
        await response.body.dump();
        const { origin: there, pathname, search } = new URL(location, origin);
        return await this.#send(method, pathname + search, headers, body, signal, timeoutMs, there);
      }
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of response.body) {
        size += (chunk as Buffer).length;
        if (size > MAX_ANSWER) throw new Error('the answer is too large');
        chunks.push(chunk as Buffer);
      }
      const header = response.headers['retry-after'];
      return seams.answer({
        status: response.statusCode,
        body: Buffer.concat(chunks),
        retryAfter: parseRetryAfter(
          typeof header === 'string' ? header : undefined,
          this.#options.clock.nowMs(),
        ),
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw unreachable(`${method} ${target.split('?', 1)[0]}`, error, late.aborted);
    }
  }
}

const CERTIFICATE_TROUBLE = /CERT|VERIFY|SELF_SIGNED|ISSUER|ALTNAME|ERR_TLS_(?!HANDSHAKE_TIMEOUT)/;

function unreachable(what: string, error: unknown, late: boolean): MasterUnreachableError {
  if (late) return new MasterUnreachableError(`${what}: no answer in time`, false, { cause: error });
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const text = error instanceof Error ? error.message : String(error);
  return new MasterUnreachableError(`${what}: ${code} ${text}`, CERTIFICATE_TROUBLE.test(code), {
    cause: error,
  });
}
