import { abortFor } from '../../contracts/bindings/index.ts';
import { verifyAttestation } from '../attestation/verify.ts';
import { abortableSleep } from '../chain/event-stream.ts';
import type { ChainEvent, ChainReader, NautilusEndpoint } from '../chain/types.ts';
import { encodeBase64url } from '../protocol/base64url.ts';
import type { Clock } from '../protocol/clock.ts';
import type { Logger } from '../protocol/logger.ts';
import { parseAttestationAnswer } from '../protocol/wire-responses.ts';
import { Failure, masterUnavailable } from './http/reply.ts';
import type { MasterClient } from './master-client.ts';
import { readAll } from './master-client.ts';
import type { EnclaveIdentity } from './response-check.ts';

export interface EnclaveTrustDeps {
  reader: ChainReader;
  master: MasterClient;
  /** Id of the NautilusEndpoint. */
  endpoint: string;
  /** PEM of the attestation root that is pinned. */
  root: string;
  clock: Clock;
  randomBytes: (size: number) => Uint8Array;
  log: Logger;
  verify?: typeof verifyAttestation;
  sleep?: typeof abortableSleep;
}

const MAX_DOCUMENT_BYTES = 65_536;
const MAX_PAUSE_MS = 5_000;
/** Code of EEndpointUnavailable in module k8s_gateway. */
const ENDPOINT_UNAVAILABLE = 4;

/**
 * Whether the master is the enclave that the chain expects. Nothing goes to it or is believed from
 * it before a fresh attestation document showed the key registered on chain and the expected PCRs;
 * each change of those on chain starts again from nothing.
 */
export class EnclaveTrust {
  readonly #deps: EnclaveTrustDeps;
  #identity: EnclaveIdentity | undefined;
  #refusal = masterUnavailable('the master is not attested yet');
  /** Raised by every change on chain; a verification begun under an older number does not count. */
  #generation = 0;
  #changed = new AbortController();
  readonly #waiting = new Set<() => void>();

  constructor(deps: EnclaveTrustDeps) {
    this.#deps = deps;
  }

  /** The attested key. Throws a Failure (503) while there is none. */
  current(): EnclaveIdentity {
    if (this.#identity === undefined) throw this.#refusal;
    return this.#identity;
  }

  /** The attested key, waited for while a new one is being checked. Rejects with the signal's reason. */
  async settled(signal: AbortSignal): Promise<EnclaveIdentity> {
    while (this.#identity === undefined) {
      signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        const done = (): void => {
          signal.removeEventListener('abort', done);
          this.#waiting.delete(done);
          resolve();
        };
        this.#waiting.add(done);
        signal.addEventListener('abort', done, { once: true });
      });
    }
    return this.#identity;
  }

  get trusted(): boolean {
    return this.#identity !== undefined;
  }

  observe(event: Pick<ChainEvent, 'name' | 'data'>): void {
    if (event.data['endpoint'] !== this.#deps.endpoint) return;
    if (!/^(?:EnclaveKeyRegistered|EnclavePcrsChanged|EndpointStatusChanged)$/.test(event.name)) return;
    // Known already when the key was read before its event came by.
    const isKnown =
      event.name === 'EnclaveKeyRegistered' && event.data['key_version'] === this.#identity?.keyVersion;
    if (isKnown) return;
    this.#generation += 1;
    this.#identity = undefined;
    this.#refusal = masterUnavailable('the enclave key, its measurements or its status changed on chain');
    this.#changed.abort();
    this.#changed = new AbortController();
  }

  /** Verifies now and after each change, with pauses while it fails, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const sleep = this.#deps.sleep ?? abortableSleep;
    for (let failures = 0; !signal.aborted;) {
      const change = AbortSignal.any([signal, this.#changed.signal]);
      if (this.#identity !== undefined) {
        await aborted(change);
        failures = 0;
        continue;
      }
      const generation = this.#generation;
      try {
        const identity = await this.#verify(signal);
        if (generation === this.#generation) {
          this.#identity = identity;
          for (const done of this.#waiting) done();
          this.#deps.log.info({ key_version: String(identity.keyVersion) }, 'master attested');
        }
      } catch (error) {
        if (signal.aborted) return;
        this.#refusal = refusalOf(error);
        this.#deps.log.warn({ err: error }, 'master not attested');
        failures += 1;
        // What the chain says next may be what was waited for.
        await sleep(Math.min(MAX_PAUSE_MS, 100 * 2 ** Math.min(failures, 8)), change);
      }
    }
  }

  async #verify(signal: AbortSignal): Promise<EnclaveIdentity> {
    const { reader, clock, root, randomBytes, verify = verifyAttestation } = this.#deps;
    const endpoint = await reader.endpoint(this.#deps.endpoint, { signal });
    if (endpoint.status !== 'active')
      throw new EndpointInactive(`the endpoint is in status ${endpoint.status}`);
    if (endpoint.publicKey.length !== 32) throw new Untrusted('no enclave key is registered on chain');
    const nonce = randomBytes(32);
    const document = await this.#document(nonce, signal);
    const verdict = verify(document, policyOf(endpoint, root, clock.nowMs(), nonce));
    if (!verdict.ok) throw new Untrusted(`the attestation is refused: ${verdict.reason}`);
    return { endpoint: endpoint.id, publicKey: endpoint.publicKey, keyVersion: endpoint.keyVersion };
  }

  async #document(nonce: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const answer = await this.#deps.master.open({
      method: 'GET',
      target: `/api/v1/attestation?nonce=${encodeBase64url(nonce)}`,
      signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]),
    });
    const bytes = await readAll(answer.body, MAX_DOCUMENT_BYTES);
    const parsed = parseAttestationAnswer(bytes);
    if (answer.status !== 200 || !parsed.ok) {
      throw new Untrusted(`the master gave no attestation document (${answer.status})`);
    }
    return parsed.value;
  }
}

/** In the words of the contract, which would refuse as well. */
class EndpointInactive extends Error {
  override readonly name = 'EndpointInactive';
}

function refusalOf(error: unknown): Failure {
  const abort = abortFor('k8s_gateway', ENDPOINT_UNAVAILABLE);
  if (error instanceof EndpointInactive && abort !== undefined) {
    const { reason, http, message } = abort;
    return new Failure({ http, kubernetes: 'ServiceUnavailable', reason, message, retryAfter: 5 });
  }
  return masterUnavailable(
    error instanceof Untrusted ? error.message : 'the attestation of the master cannot be checked now',
  );
}

class Untrusted extends Error {
  override readonly name = 'Untrusted';
}

function policyOf(endpoint: NautilusEndpoint, root: string, now: number, nonce: Uint8Array) {
  return { root, now, pcrs: endpoint.expectedPcrs, nonce, publicKey: endpoint.publicKey };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
