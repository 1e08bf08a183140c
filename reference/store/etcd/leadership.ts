import { EtcdError, type Condition, type EtcdClient } from './etcd-client.ts';

export interface CandidateOptions {
  client: EtcdClient;
  /** Key that the leader holds. */
  key: string;
  /** What the leader writes there, for people. */
  name: string;
  /** Time after which a silent leader has lost; default 3. */
  leaseSeconds?: number;
  /** Monotonic milliseconds. */
  now?: () => number;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  signal: AbortSignal;
  /** Told of trouble on the way; it goes on trying. */
  onTrouble?: (error: unknown) => void;
}

const TRY_EVERY_MS = 300;

/** Waits until this process is the leader. Rejects when the signal aborts first. */
export async function becomeLeader(options: CandidateOptions): Promise<Leadership> {
  const { client, key, name, leaseSeconds = 3, sleep, signal, onTrouble } = options;
  const now = options.now ?? (() => performance.now());
  let lease: string | undefined;
  for (;;) {
    signal.throwIfAborted();
    try {
      const asked = now();
      if (lease === undefined || (await client.keepAlive(lease)) === 0)
        lease = await client.grant(leaseSeconds);
      const value = Buffer.from(name);
      await client.commit([{ key, createRevision: '0' }], [{ put: key, value, lease }]);
      // Read back, as the answer to an earlier try may have been lost on its way.
      const held = await client.get(key);
      if (held?.value.equals(value)) {
        const validUntilMs = asked + leaseSeconds * 1000;
        const guard = { key, createRevision: held.createRevision };
        return new Leadership({ client, lease, guard, leaseMs: leaseSeconds * 1000, validUntilMs, now });
      }
    } catch (error) {
      onTrouble?.(error);
    }
    await sleep(TRY_EVERY_MS, signal);
  }
}

interface LeadershipParts {
  client: EtcdClient;
  lease: string;
  guard: Condition;
  leaseMs: number;
  validUntilMs: number;
  now: () => number;
}

/**
 * Holds the lease. `guard` is the condition under which a leader's writes take effect: it stops holding for good once
 * somebody else could be leader. `isValid` is for reads, which etcd does not see: it turns false before that.
 */
export class Leadership {
  readonly guard: Condition;
  /** Aborts when the leadership is over, whoever ended it. */
  readonly signal: AbortSignal;
  readonly #parts: LeadershipParts;
  readonly #over = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #validUntilMs: number;

  constructor(parts: LeadershipParts) {
    this.#parts = parts;
    this.guard = parts.guard;
    this.signal = this.#over.signal;
    this.#validUntilMs = parts.validUntilMs;
    this.#timer = setInterval(() => void this.#renew(), parts.leaseMs / 5);
  }

  /** Whether no other leader can be there yet; also after this process stood still. */
  get isValid(): boolean {
    if (this.#over.signal.aborted) return false;
    if (this.#parts.now() < this.#validUntilMs) return true;
    this.#end(new EtcdError('the lease ran out'));
    return false;
  }

  /** Gives the leadership up, so that another one need not wait for the lease to run out. */
  async release(): Promise<void> {
    this.#end(new EtcdError('given up'));
    await this.#parts.client.revoke(this.#parts.lease).catch(() => undefined);
  }

  /** Ends it here and now, for instance because a write was refused. */
  #end(reason: Error): void {
    clearInterval(this.#timer);
    if (!this.#over.signal.aborted) this.#over.abort(reason);
  }

  async #renew(): Promise<void> {
    const { client, lease, leaseMs, now } = this.#parts;
    // Counted from before the call: etcd may have begun its count no earlier.
    const asked = now();
    try {
      const left = await client.keepAlive(lease);
      if (left === 0) this.#end(new EtcdError('the lease is over'));
      else this.#validUntilMs = Math.max(this.#validUntilMs, asked + leaseMs);
    } catch {
      // Until the time is over the next try may do better.
      void this.isValid;
    }
  }
}
