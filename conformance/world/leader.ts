import type { MasterApi } from './master-api.ts';
import { newRequestId, wireOf } from './played-gateway.ts';

/** The parts of a target whose masters are two. */
export type Replica = 'master' | 'standby';
export const REPLICAS: readonly Replica[] = ['master', 'standby'];

const PAYLOAD = {
  method: 'POST',
  target: '/api/v1/namespaces/default/configmaps',
  body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'offered', namespace: 'default' } },
};

/** Hands a payload, that no event on chain will ever name, to one master; answers the status, none when no answer came. */
export async function offer(api: MasterApi): Promise<number | undefined> {
  const target = `/api/v1/requests/${newRequestId()}`;
  const answer = await api.asGateway('PUT', target, wireOf(PAYLOAD)).catch(() => undefined);
  return answer?.status;
}

/** Which of the two takes payloads, and so leads; undefined when none does. */
export async function leading(apiOf: (part: Replica) => MasterApi): Promise<Replica | undefined> {
  for (const part of REPLICAS) if ((await offer(apiOf(part))) === 202) return part;
  return undefined;
}
