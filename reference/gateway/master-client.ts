import type { Readable } from 'node:stream';
import { Agent, errors, request } from 'undici';
import type { Clock } from '../protocol/clock.ts';
import { mint } from '../protocol/credential.ts';
import type { CredentialSigner } from '../protocol/credential.ts';
import { abortableSleep } from '../chain/event-stream.ts';
import { Failure, masterUnavailable } from './http/reply.ts';

export interface MasterClientOptions {
  /** Base URLs of the masters; the one that answered last is asked first. */
  urls: readonly string[];
  /** PEM of the CA they are verified against. */
  ca: string;
  /** PEM of the certificate to present, and its key. */
  clientCertificate?: { cert: string; key: string } | undefined;
  /** False for a master whose certificate nobody looks at; true unless told. */
  verifiesCertificates?: boolean;
  /** False for a new connection a call; true unless told. */
  keepsConnections?: boolean;
  /** Wallet that holds the GatewayCap. */
  signer: CredentialSigner;
  gatewayCap: string;
  /** Cluster id. */
  audience: string;
  clock: Clock;
  randomBytes: (size: number) => Uint8Array;
}

export interface MasterCall {
  method: string;
  /** Path and query as they go on the request line. */
  target: string;
  headers?: Readonly<Record<string, string>>;
  body?: Uint8Array;
  signal?: AbortSignal;
  /** Milliseconds to go on trying while no master answers a GET or PUT. Default 0. */
  patienceMs?: number;
  /** Longest wait for the response's headers, milliseconds. Default 5000. */
  headersMs?: number;
  /** Longest silence inside the body, milliseconds; 0 for a watch. Default 10000. */
  silenceMs?: number;
}

export interface MasterAnswer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Readable;
}

/** A session is minted anew when less than this is left of it. */
const SESSION_MARGIN_SECONDS = 90;

/**
 * Talks to the masters over one pool of kept connections. Rejects with a Failure (503) when none of
 * them answers; with the signal's reason when the caller gave up.
 */
export class MasterClient {
  readonly #options: MasterClientOptions;
  readonly #agent: Agent;
  #preferred = 0;
  #session: Promise<{ credential: string; expiresAt: number }> | undefined;

  constructor(options: MasterClientOptions) {
    this.#options = options;
    this.#agent = new Agent({
      connect: {
        ca: options.ca,
        ...options.clientCertificate,
        minVersion: 'TLSv1.3',
        timeout: 3_000,
        rejectUnauthorized: options.verifiesCertificates ?? true,
      },
      keepAliveTimeout: 30_000,
      pipelining: 1,
      maxResponseSize: -1,
    });
  }

  /** A call as nobody in particular. */
  async open(call: MasterCall): Promise<MasterAnswer> {
    const ends = performance.now() + (call.patienceMs ?? 0);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#anywhere(call);
      } catch (error) {
        const pause = Math.min(400, 50 * 2 ** attempt);
        const repeatable = call.method === 'GET' || call.method === 'PUT';
        if (!repeatable || !(error instanceof Failure) || performance.now() + pause >= ends) throw error;
        await abortableSleep(pause, call.signal ?? new AbortController().signal);
      }
    }
  }

  async #anywhere(call: MasterCall): Promise<MasterAnswer> {
    const { urls } = this.#options;
    let failure: unknown;
    for (let i = 0; i < urls.length; i++) {
      const index = (this.#preferred + i) % urls.length;
      try {
        const answer = await this.#send(urls[index] ?? '', call);
        // A standby says 503 to what only the leader may do.
        if (answer.status === 503 && i + 1 < urls.length) {
          // Read to its end, so that the connection can be used again; what goes wrong with it is of no interest.
          answer.body.on('error', () => undefined).resume();
          continue;
        }
        this.#preferred = index;
        return answer;
      } catch (error) {
        // Whoever said nothing so far is not asked first the next time.
        this.#preferred = (index + 1) % urls.length;
        if (call.signal?.aborted === true) throw call.signal.reason;
        failure = error;
        if (!isSafeElsewhere(error, call.method)) break;
      }
    }
    throw masterUnavailable('the master does not answer', failure);
  }

  /** A call to the master's Kubernetes API on behalf of somebody, under the gateway's session. */
  async openAs(user: { name: string; group: string }, call: MasterCall): Promise<MasterAnswer> {
    return this.open({
      ...call,
      headers: {
        authorization: `Bearer ${await this.#sessionCredential()}`,
        'x-remote-user': user.name,
        'x-remote-group': user.group,
        ...call.headers,
      },
    });
  }

  /** A call of the gateway's own endpoints, bound to exactly this request. */
  async openBound(call: MasterCall): Promise<MasterAnswer> {
    const { signer, gatewayCap: token, audience, clock, randomBytes } = this.#options;
    const body = call.body ?? new Uint8Array();
    const { credential } = await mint(signer, {
      token,
      audience,
      clock,
      randomBytes,
      lifeSeconds: 60,
      request: { method: call.method, target: call.target, body },
    });
    return this.open({ ...call, headers: { ...call.headers, 'x-gateway-credential': credential.reveal() } });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #send(base: string, call: MasterCall): Promise<MasterAnswer> {
    // undici's own timeouts may come a second late, and until it is connected it lets nobody give up.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new errors.HeadersTimeoutError()), call.headersMs ?? 5_000);
    const signal = call.signal === undefined ? late.signal : AbortSignal.any([call.signal, late.signal]);
    const givenUp = Promise.withResolvers<never>();
    const giveUp = (): void => givenUp.reject(signal.reason as Error);
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    try {
      const sending = request(base.replace(/\/$/, '') + call.target, {
        dispatcher: this.#agent,
        method: call.method as 'GET',
        headers: { ...call.headers },
        body: call.body ?? null,
        reset: this.#options.keepsConnections === false,
        signal,
        headersTimeout: 0,
        bodyTimeout: call.silenceMs ?? 10_000,
      });
      const answer = await Promise.race([sending, givenUp.promise]);
      return { status: answer.statusCode, headers: answer.headers, body: answer.body };
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    }
  }

  async #sessionCredential(): Promise<string> {
    const { signer, gatewayCap: token, audience, clock, randomBytes } = this.#options;
    const now = clock.nowMs() / 1_000;
    const held = await this.#session?.catch(() => undefined);
    if (held !== undefined && held.expiresAt - now > SESSION_MARGIN_SECONDS) return held.credential;
    const minted = mint(signer, { token, audience, clock, randomBytes }).then(
      ({ credential, expiresAt }) => ({
        credential: credential.reveal(),
        expiresAt,
      }),
    );
    this.#session = minted;
    return (await minted).credential;
  }
}

/** Whether the same call may go to another master: it was never sent, or sending it twice is harmless. */
function isSafeElsewhere(error: unknown, method: string): boolean {
  if (error instanceof errors.ConnectTimeoutError) return true;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EHOSTUNREACH') return true;
  return method === 'GET' || method === 'PUT';
}

/** Reads a body whole, at most `limit` bytes. Rejects when it is longer or breaks off. */
export async function readAll(body: Readable, limit: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > limit) throw masterUnavailable('the master sent more than was expected');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, size);
}
