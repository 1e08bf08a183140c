import { randomBytes } from 'node:crypto';
import { bootstrapCluster, createKubernetesApi, startControllers } from '../kubernetes/index.ts';
import type { LogSource, SchedulingRules } from '../kubernetes/index.ts';
import type { Clock } from '../protocol/clock.ts';
import type { Logger } from '../protocol/logger.ts';
import type { KeyValueStore } from '../store/types.ts';
import type { KubernetesPart } from './master-deps.ts';
import { authorizeUser } from './user-authorizer.ts';

export interface OpenKubernetesOptions {
  store: KeyValueStore;
  clock: Clock;
  logs?: LogSource;
  bodyBytes: number;
  /** Seconds that events and leases are kept. */
  ttlSeconds: number;
  /** How the scheduler goes about its work. */
  scheduling: SchedulingRules;
  log: Logger;
}

/** The Kubernetes API over the objects' store, with controllers and scheduler. */
export function openKubernetes(options: OpenKubernetesOptions): KubernetesPart {
  const { store, clock, logs, bodyBytes, ttlSeconds, scheduling, log } = options;
  const api = createKubernetesApi({
    store,
    clock,
    random: randomBytes,
    authorize: authorizeUser,
    ...(logs ? { logs } : {}),
    log,
    maxBodyBytes: bodyBytes,
    ttlSeconds,
  });
  return {
    handle: (request) => api.handle(request),
    async start(signal) {
      await bootstrapCluster(api.objects);
      startControllers({ api, clock, signal, log, scheduling }).catch((error: unknown) => {
        if (!signal.aborted) log.fatal({ err: error }, 'the controllers ended');
      });
    },
  };
}
