import { createHash } from 'node:crypto';
import type { KeyValueStore } from '../store/types.ts';
import { KeyedMutex } from './keyed-mutex.ts';
import type { HeartbeatReport, WorkerRecord, WorkerState } from './worker-state.ts';
import { isOverdue, stateAfterHeartbeat } from './worker-state.ts';

const PREFIX = '/daas/workers/';

/** What a verified seal token says about its worker. */
export interface WorkerIdentity {
  nodeId: string;
  owner: string;
  sealToken: string;
  stakeRecord: string;
  stakeAmount: bigint;
  /** Unix seconds. */
  tokenExpiresAt: number;
}

/** A worker's record changed its state, lost its join token, or went away (`to` undefined). */
export interface Transition {
  record: WorkerRecord;
  from: WorkerState | undefined;
  to: WorkerState | undefined;
  /** The join token that was in force no longer is. */
  cut: boolean;
}

/** The node id is registered by another owner. */
export class NodeIdTakenError extends Error {
  override readonly name = 'NodeIdTakenError';
}

/** A heartbeat of a node that has not registered with this seal token. */
export class UnknownNodeError extends Error {
  override readonly name = 'UnknownNodeError';
}

/** The stake behind the node was slashed; nothing brings it back. */
export class WorkerSlashedError extends Error {
  override readonly name = 'WorkerSlashedError';
}

/** A heartbeat that has not been answered. */
interface Beat {
  identity: WorkerIdentity;
  report: HeartbeatReport;
  promise: Promise<WorkerRecord>;
  resolve: (record: WorkerRecord) => void;
  reject: (error: unknown) => void;
}

export interface WorkerRegistryOptions {
  store: KeyValueStore;
  /** Unix milliseconds. */
  now: () => number;
  offlineAfterSeconds: number;
  /** Share of a machine in use from which it counts as busy. */
  busyShare: number;
  /** Makes a join token; unguessable. */
  newJoinToken: () => string;
  /** Told of every transition, after it is stored, in the order of the changes of that node. */
  onTransition: (transition: Transition) => void;
}

/** Who the workers are and how they fare; kept in the store, so that a restart forgets nobody. */
export class WorkerRegistry {
  readonly #options: WorkerRegistryOptions;
  readonly #records = new Map<string, WorkerRecord>();
  readonly #byJoinDigest = new Map<string, string>();
  readonly #mutex = new KeyedMutex();
  /** Heartbeats of each node that wait for their turn. */
  readonly #beats = new Map<string, Beat[]>();

  private constructor(options: WorkerRegistryOptions) {
    this.#options = options;
  }

  /** Reads what an earlier run stored. */
  static async open(options: WorkerRegistryOptions): Promise<WorkerRegistry> {
    const registry = new WorkerRegistry(options);
    const { entries } = await options.store.list(PREFIX);
    for (const entry of entries) {
      registry.#remember(JSON.parse(Buffer.from(entry.value).toString('utf8')) as WorkerRecord);
    }
    return registry;
  }

  get(nodeId: string): WorkerRecord | undefined {
    return this.#records.get(nodeId);
  }

  list(): WorkerRecord[] {
    return [...this.#records.values()];
  }

  /**
   * Registers, or registers again; the join token of an earlier registration dies.
   * Throws NodeIdTakenError or WorkerSlashedError.
   */
  async register(identity: WorkerIdentity): Promise<{ record: WorkerRecord; joinToken: string }> {
    return await this.#mutex.run(identity.nodeId, async () => {
      const known = this.#records.get(identity.nodeId);
      if (known !== undefined) this.#checkClaim(known, identity);
      const joinToken = this.#options.newJoinToken();
      const now = this.#seconds();
      const sameStake = known?.stake_record === identity.stakeRecord;
      const record: WorkerRecord = {
        node_id: identity.nodeId,
        owner: identity.owner,
        seal_token: identity.sealToken,
        stake_record: identity.stakeRecord,
        stake_amount: identity.stakeAmount.toString(),
        state: sameStake && known.state !== 'offline' ? known.state : 'pending',
        registered_at: sameStake ? known.registered_at : now,
        last_seen: now,
        token_expires_at: identity.tokenExpiresAt,
        join_digest: digestOf(joinToken),
      };
      await this.#save(record);
      return { record, joinToken };
    });
  }

  /**
   * Takes in a heartbeat. Those of one node that come while one is being stored are stored together, so
   * that none waits for more than that. Throws UnknownNodeError or WorkerSlashedError.
   */
  async heartbeat(identity: WorkerIdentity, report: HeartbeatReport): Promise<WorkerRecord> {
    const { nodeId } = identity;
    const beat: Beat = { identity, report, ...Promise.withResolvers<WorkerRecord>() };
    const waiting = this.#beats.get(nodeId);
    if (waiting !== undefined) {
      waiting.push(beat);
      return await beat.promise;
    }
    const beats = [beat];
    this.#beats.set(nodeId, beats);
    void this.#mutex.run(nodeId, () => {
      this.#beats.delete(nodeId);
      return this.#beatTogether(nodeId, beats);
    });
    return await beat.promise;
  }

  /** Settles every one of `beats`; never rejects. */
  async #beatTogether(nodeId: string, beats: readonly Beat[]): Promise<void> {
    let record = this.#records.get(nodeId);
    const taken: Beat[] = [];
    for (const beat of beats) {
      if (record === undefined || record.owner !== beat.identity.owner) {
        beat.reject(new UnknownNodeError(`${nodeId} has not registered`));
      } else if (record.state === 'slashed') {
        beat.reject(new WorkerSlashedError(nodeId));
      } else {
        record = this.#afterHeartbeat(record, beat);
        taken.push(beat);
      }
    }
    if (record === undefined || taken.length === 0) return;
    try {
      await this.#save(record);
      for (const { resolve } of taken) resolve(record);
    } catch (error) {
      for (const { reject } of taken) reject(error);
    }
  }

  #afterHeartbeat(known: WorkerRecord, { identity, report }: Beat): WorkerRecord {
    return {
      ...known,
      state: stateAfterHeartbeat(known.state, report, this.#options.busyShare),
      last_seen: this.#seconds(),
      stake_amount: identity.stakeAmount.toString(),
      running_pods: report.running_pods,
      resource_usage: report.resource_usage,
    };
  }

  /** Marks the workers that have been silent too long as offline. */
  async sweep(): Promise<void> {
    const overdue = (record: WorkerRecord | undefined): record is WorkerRecord =>
      record !== undefined && isOverdue(record, this.#seconds(), this.#options.offlineAfterSeconds);
    for (const { node_id } of this.list().filter(overdue)) {
      await this.#mutex.run(node_id, async () => {
        const record = this.#records.get(node_id);
        if (overdue(record)) await this.#save({ ...record, state: 'offline' });
      });
    }
  }

  /** The stake behind a node was slashed: terminal, and its join token is dead at once. */
  async slash(stakeRecord: string): Promise<void> {
    await this.#update(
      (record) => record.stake_record === stakeRecord,
      (record) => ({ ...record, state: 'slashed', join_digest: '' }),
    );
  }

  /** The seal token was revoked. A registration with a newer token is left alone. */
  async revoke(sealToken: string): Promise<void> {
    await this.#update(
      (record) => record.seal_token === sealToken && record.state !== 'slashed',
      (record) => ({ ...record, state: 'offline', join_digest: '' }),
    );
  }

  /** The seal token now ends earlier, and the join token with it. */
  async shorten(sealToken: string, expiresAt: number): Promise<void> {
    await this.#update(
      (record) => record.seal_token === sealToken,
      (record) => ({ ...record, token_expires_at: Math.min(record.token_expires_at, expiresAt) }),
    );
  }

  /** The stake was withdrawn: the node is forgotten and its id is free again. */
  async withdraw(stakeRecord: string): Promise<void> {
    await this.#update(
      (record) => record.stake_record === stakeRecord,
      () => undefined,
    );
  }

  /** The worker a join token belongs to, if the token is in force. */
  byJoinToken(token: string): WorkerRecord | undefined {
    const nodeId = this.#byJoinDigest.get(digestOf(token));
    const record = nodeId === undefined ? undefined : this.#records.get(nodeId);
    if (record === undefined || record.state === 'slashed') return undefined;
    return this.#seconds() < record.token_expires_at ? record : undefined;
  }

  #checkClaim(known: WorkerRecord, identity: WorkerIdentity): void {
    const sameStake = known.stake_record === identity.stakeRecord;
    if (known.state === 'slashed') {
      // The chain lets a node id go only with the stake that held it, so another record is a new start.
      if (sameStake) throw new WorkerSlashedError(identity.nodeId);
      return;
    }
    if (known.owner !== identity.owner) throw new NodeIdTakenError(`${identity.nodeId} is registered`);
  }

  async #update(
    matches: (record: WorkerRecord) => boolean,
    change: (record: WorkerRecord) => WorkerRecord | undefined,
  ): Promise<void> {
    for (const { node_id } of this.list().filter(matches)) {
      await this.#mutex.run(node_id, async () => {
        const record = this.#records.get(node_id);
        if (record === undefined || !matches(record)) return;
        const next = change(record);
        if (next === undefined) await this.#remove(record);
        else await this.#save(next);
      });
    }
  }

  async #save(record: WorkerRecord): Promise<void> {
    const before = this.#records.get(record.node_id);
    await this.#options.store.put(PREFIX + record.node_id, Buffer.from(JSON.stringify(record)));
    this.#remember(record);
    const cut =
      before !== undefined && before.join_digest !== '' && before.join_digest !== record.join_digest;
    if (before?.state !== record.state || before.seal_token !== record.seal_token || cut) {
      this.#options.onTransition({ record, from: before?.state, to: record.state, cut });
    }
  }

  async #remove(record: WorkerRecord): Promise<void> {
    await this.#options.store.delete(PREFIX + record.node_id);
    this.#records.delete(record.node_id);
    this.#byJoinDigest.delete(record.join_digest);
    this.#options.onTransition({ record, from: record.state, to: undefined, cut: true });
  }

  #remember(record: WorkerRecord): void {
    const before = this.#records.get(record.node_id);
    if (before !== undefined) this.#byJoinDigest.delete(before.join_digest);
    this.#records.set(record.node_id, record);
    if (record.join_digest !== '') this.#byJoinDigest.set(record.join_digest, record.node_id);
  }

  #seconds(): number {
    return Math.floor(this.#options.now() / 1000);
  }
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
