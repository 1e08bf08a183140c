import { poll } from '../drivers/wait.ts';
import { bearer } from '../world/gateway-api.ts';
import type { Session } from './context.ts';

const SETTLE_MS = 15_000;

/**
 * Waits until a write goes through again, as an exclusive check before may have restarted a part or cut the chain. It has no
 * verdict: when the target does not recover, the next check says so with its own words.
 */
export async function settled(session: Session): Promise<void> {
  const { gateway } = session;
  if (!gateway) return;
  const { actors } = session;
  const admin = await actors.shared('admin');
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settled' } };
  await poll(
    async () => {
      const headers = bearer(await actors.session(admin), {});
      const target = '/api/v1/namespaces/default/configmaps?dryRun=All';
      const answer = await gateway.send('POST', target, { headers, body }).catch(() => undefined);
      return answer?.status === 201 ? true : undefined;
    },
    { timeoutMs: SETTLE_MS, intervalMs: 100 },
  );
}
