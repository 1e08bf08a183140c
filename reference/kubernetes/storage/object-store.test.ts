import { expect, it } from 'vitest';
import { MemoryStore } from '../../store/memory-store.ts';
import { configMaps } from '../resources/configuration.ts';
import { leases } from '../resources/cluster.ts';
import { ObjectStore } from './object-store.ts';

it('keeps for the time told what is kept for a time only, and everything else for ever', async () => {
  let nowMs = 0;
  const store = new MemoryStore({ clock: { nowMs: () => nowMs }, sweepIntervalMs: 0 });
  const objects = new ObjectStore(store, { ttlSeconds: 5 });
  const metadata = { name: 'one', namespace: 'default' };
  await objects.put(leases, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata }, 0);
  await objects.put(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata }, 0);
  nowMs = 4_999;
  expect(await objects.get(leases, 'default', 'one')).toBeDefined();
  nowMs = 5_000;
  expect(await objects.get(leases, 'default', 'one')).toBeUndefined();
  expect(await objects.get(configMaps, 'default', 'one')).toBeDefined();
});
