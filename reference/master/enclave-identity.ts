import type { ChainCommands, ChainEvent, ChainReader } from '../chain/types.ts';
import { ChainAbortError } from '../chain/errors.ts';
import type { EnclaveKey } from '../protocol/enclave-key.ts';
import { enclaveKey } from '../protocol/enclave-key.ts';
import type { Logger } from '../protocol/logger.ts';
import { ProtocolError } from '../protocol/status.ts';
import type { KeyValueStore } from '../store/types.ts';
import type { Enclave } from './enclave.ts';

const SEED = '/daas/enclave-seed';

export interface EnclaveIdentityOptions {
  /** Sealed: what is put there leaves the enclave encrypted only. */
  store: KeyValueStore;
  reader: Pick<ChainReader, 'endpoint'>;
  commands: Pick<ChainCommands, 'registerEnclaveKey' | 'endpointHeartbeat'>;
  /** Id of the NautilusEndpoint. */
  endpoint: string;
  masterCap: string;
  randomBytes: (size: number) => Uint8Array;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  log: Logger;
}

/** The enclave's signing key: made once, kept sealed, and registered on chain. */
export class EnclaveIdentity implements Enclave {
  readonly key: EnclaveKey;
  readonly #options: EnclaveIdentityOptions;
  #version: bigint | undefined;

  private constructor(options: EnclaveIdentityOptions, key: EnclaveKey) {
    this.#options = options;
    this.key = key;
  }

  static async open(options: EnclaveIdentityOptions): Promise<EnclaveIdentity> {
    const stored = await options.store.get(SEED);
    if (stored !== undefined) return new EnclaveIdentity(options, enclaveKey(stored.value));
    const seed = options.randomBytes(32);
    await options.store.put(SEED, seed, { expected: 0 });
    return new EnclaveIdentity(options, enclaveKey(seed));
  }

  /** Throws ProtocolError ChainUnavailable until the key is known to be on chain. */
  keyVersion(): bigint {
    if (this.#version !== undefined) return this.#version;
    throw new ProtocolError('ChainUnavailable', 'the enclave key is not registered yet', { retryAfter: 2 });
  }

  /** Registers the key unless the chain has it already; tries until it succeeds or `signal` aborts. */
  async register(signal: AbortSignal): Promise<void> {
    const { reader, commands, endpoint, masterCap, sleep, log } = this.#options;
    for (let pause = 200; !signal.aborted; pause = Math.min(2 * pause, 5_000)) {
      try {
        const known = await reader.endpoint(endpoint, { signal });
        if (Buffer.from(known.publicKey).equals(this.key.publicKey)) {
          this.#version = known.keyVersion;
          log.info({ key_version: String(known.keyVersion) }, 'enclave key is registered');
          return;
        }
        await commands.registerEnclaveKey({ masterCap, publicKey: this.key.publicKey }, { signal });
      } catch (error) {
        if (signal.aborted) return;
        // The contract's no is final; everything else may pass.
        if (error instanceof ChainAbortError) throw error;
        log.warn({ err: error }, 'the enclave key could not be registered yet');
        await sleep(pause, signal);
      }
    }
  }

  /** Takes in one event of the chain. */
  observe(event: Pick<ChainEvent, 'name' | 'data'>): void {
    const { endpoint, log } = this.#options;
    if (event.name !== 'EnclaveKeyRegistered' || event.data['endpoint'] !== endpoint) return;
    const key = event.data['public_key'];
    const bytes = key instanceof Uint8Array ? key : Uint8Array.from(key as number[]);
    if (Buffer.from(bytes).equals(this.key.publicKey))
      this.#version = BigInt(String(event.data['key_version']));
    else log.error('another enclave key was registered for this endpoint: answers will not be believed');
  }

  /** Tells the chain now and then that this endpoint is alive. */
  async beat(everySeconds: number, signal: AbortSignal): Promise<void> {
    const { commands, masterCap, sleep, log } = this.#options;
    while (!signal.aborted) {
      await commands.endpointHeartbeat({ masterCap }, { signal }).catch((error: unknown) => {
        if (!signal.aborted) log.warn({ err: error }, 'the endpoint heartbeat failed');
      });
      await sleep(everySeconds * 1000, signal);
    }
  }
}
