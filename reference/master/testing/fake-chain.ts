import type {
  ChainEvent,
  ChainReader,
  EventBatch,
  EventSource,
  FollowOptions,
  RecordResponse,
  SealToken,
  StakeRecord,
} from '../../chain/types.ts';
import { ChainError } from '../../chain/errors.ts';

const NO_PCRS: readonly Uint8Array[] = [];

/** A chain made of maps: what the master reads from it, and the events it follows. */
export class FakeChain implements EventSource {
  readonly endpointId: string;
  readonly tokens = new Map<string, SealToken>();
  readonly stakes = new Map<string, StakeRecord>();
  readonly gateways = new Map<string, { owner: string; retired: boolean }>();
  readonly recorded: RecordResponse[] = [];
  publicKey: Uint8Array = new Uint8Array();
  keyVersion = 0n;
  unavailable = false;
  readonly #batches: EventBatch[] = [];
  readonly #waiters = new Set<() => void>();
  readonly #now: () => number;

  constructor(endpointId: string, now: () => number) {
    this.endpointId = endpointId;
    this.#now = now;
  }

  /** One checkpoint with these events. */
  emit(...events: { name: string; data: Record<string, unknown> }[]): void {
    const checkpoint = BigInt(this.#batches.length);
    this.#batches.push({
      checkpoint,
      timestampMs: this.#now(),
      events: events.map(({ name, data }, eventSeq): ChainEvent => ({
        module: 'k8s_gateway',
        name,
        type: `0x1::k8s_gateway::${name}`,
        data,
        sender: '0x0',
        checkpoint,
        timestampMs: this.#now(),
        txDigest: `digest-${checkpoint}`,
        eventSeq,
      })),
    });
    for (const waiter of this.#waiters) waiter();
  }

  async *follow({ from, signal }: FollowOptions): AsyncGenerator<EventBatch> {
    for (let next = Number(from); !signal.aborted; next += 1) {
      while (next >= this.#batches.length && !signal.aborted) await this.#news(signal);
      const batch = this.#batches[next];
      if (batch !== undefined) yield batch;
    }
  }

  async #news(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiters.add(resolve);
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    this.#waiters.delete(resolve);
  }

  /** Stops a stake's being active, and says so. */
  slash(stakeRecord: string): void {
    const stake = this.#find(this.stakes, stakeRecord);
    this.stakes.set(stakeRecord, { ...stake, status: 'slashed' });
    this.emit({
      name: 'SlashEvent',
      data: { record: stakeRecord, staker: stake.staker, node_id: stake.nodeId },
    });
  }

  revoke(token: string): void {
    const present = this.#find(this.tokens, token);
    this.tokens.set(token, { ...present, revoked: true });
    this.emit({ name: 'SealTokenRevoked', data: { token, stake_record: present.stakeRecord } });
  }

  get reader(): ChainReader {
    const asked = <T>(value: () => T): Promise<T> => {
      if (this.unavailable) return Promise.reject(new ChainError('unavailable', 'the fake chain is down'));
      return new Promise((resolve) => {
        resolve(value());
      });
    };
    return {
      sealToken: (id) => asked(() => this.#find(this.tokens, id)),
      stakeRecord: (id) => asked(() => this.#find(this.stakes, id)),
      tokenWithStake: (id) =>
        asked(() => {
          const token = this.#find(this.tokens, id);
          return { token, stake: this.#find(this.stakes, token.stakeRecord) };
        }),
      gatewayCap: (id) =>
        asked(() => ({
          id,
          registry: '0x0',
          gateway: this.#find(this.gateways, id).owner,
          owner: this.#find(this.gateways, id).owner,
        })),
      gatewayRetired: (id) => asked(() => this.#find(this.gateways, id).retired),
      endpoint: (id) =>
        asked(() => ({
          id,
          url: '',
          status: 'active',
          publicKey: this.publicKey,
          keyVersion: this.keyVersion,
          expectedPcrs: NO_PCRS,
          lastHeartbeat: 0,
        })),
      status: () =>
        asked(() => ({
          chainId: 'fake',
          epoch: 0n,
          checkpoint: BigInt(this.#batches.length),
          lowestCheckpoint: 0n,
        })),
      masterCap: never,
      cluster: never,
      stakeRecordOf: never,
      sealTokenOf: never,
      balance: never,
    };
  }

  #find<T>(map: ReadonlyMap<string, T>, id: string): T {
    const value = map.get(id);
    if (value === undefined) throw new ChainError('not_found', `no object ${id}`);
    return value;
  }
}

function never(): Promise<never> {
  return Promise.reject(new Error('no part of what these tests look at'));
}
