import { describe, expect, test } from 'vitest';
import { MemoryStore } from '../store/memory-store.ts';
import type { PutOptions } from '../store/types.ts';
import type { HeartbeatReport } from './worker-state.ts';
import { UnknownNodeError, WorkerRegistry } from './worker-registry.ts';

/** A store whose writes wait until they are let through. */
class GatedStore extends MemoryStore {
  readonly waiting: (() => void)[] = [];
  gated = false;

  override async put(key: string, value: Uint8Array, options?: PutOptions) {
    if (this.gated) await new Promise<void>((resolve) => void this.waiting.push(resolve));
    return await super.put(key, value, options);
  }
}

const identity = {
  nodeId: 'n1',
  owner: 'owner',
  sealToken: 'token',
  stakeRecord: 'stake',
  stakeAmount: 1n,
  tokenExpiresAt: 2 ** 40,
};

function report(pods: number, cpu = 0): HeartbeatReport {
  return { running_pods: pods, resource_usage: { cpu, memory: 0, disk: 0 } };
}

async function registered() {
  const store = new GatedStore();
  const states: unknown[] = [];
  const registry = await WorkerRegistry.open({
    store,
    now: () => 1_000,
    offlineAfterSeconds: 60,
    busyShare: 0.9,
    newJoinToken: () => 'join',
    onTransition: ({ to }) => void states.push(to),
  });
  await registry.register(identity);
  store.gated = true;
  return { store, registry, states };
}

describe('heartbeats of one node that come while one is being stored', () => {
  test('are stored together, the last one last', async () => {
    const { store, registry, states } = await registered();
    const before = store.revision;
    const first = registry.heartbeat(identity, report(1));
    await expect.poll(() => store.waiting.length).toBe(1);
    const others = [2, 3, 4].map((pods) => registry.heartbeat(identity, report(pods, pods === 4 ? 1 : 0)));
    store.waiting.shift()?.();
    expect((await first).running_pods).toBe(1);
    await expect.poll(() => store.waiting.length).toBe(1);
    // None is acknowledged before what it said, or something later, is stored.
    expect(await Promise.race([...others, 'waiting'])).toBe('waiting');
    store.waiting.shift()?.();
    expect((await Promise.all(others)).map((record) => record.running_pods)).toEqual([4, 4, 4]);
    expect(registry.get('n1')).toMatchObject({ running_pods: 4, state: 'busy' });
    expect([store.revision - before, states]).toEqual([2, ['pending', 'active', 'busy']]);
  });

  test('fail alone when they are somebody else’s, and together when the store does', async () => {
    const { store, registry } = await registered();
    const first = registry.heartbeat(identity, report(1));
    await expect.poll(() => store.waiting.length).toBe(1);
    const foreign = registry.heartbeat({ ...identity, owner: 'stranger' }, report(9));
    const own = registry.heartbeat(identity, report(2));
    void foreign.catch(() => undefined);
    store.waiting.shift()?.();
    await expect(foreign).rejects.toThrow(UnknownNodeError);
    await expect.poll(() => store.waiting.length).toBe(1);
    await store.close();
    store.waiting.shift()?.();
    await first;
    await expect(own).rejects.toThrow('closed');
    expect(registry.get('n1')).toMatchObject({ running_pods: 1 });
  });
});
