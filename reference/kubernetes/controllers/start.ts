import type { Clock } from '../../protocol/clock.ts';
import type { KubernetesApi } from '../api.ts';
import type { Sleep } from '../clock.ts';
import { timerSleep } from '../clock.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import type { SchedulingRules } from '../scheduler/choose-node.ts';
import { scheduler } from '../scheduler/scheduler.ts';
import type { Controller, ControllerContext } from './context.ts';
import { deploymentController } from './deployment.ts';
import { endpointsController } from './endpoints.ts';
import { garbageCollector } from './garbage-collector.ts';
import { Informer } from './informer.ts';
import { namespaceController } from './namespace.ts';
import { nodeLifecycleController } from './node-lifecycle.ts';
import { replicaSetController } from './replica-set.ts';
import type { ControllerLog } from './work-queue.ts';

export interface ControllerOptions {
  api: KubernetesApi;
  clock: Clock;
  /** Ends all of them. */
  signal: AbortSignal;
  sleep?: Sleep;
  log?: ControllerLog;
  scheduling?: SchedulingRules;
  /** Which to run; default: all of them. */
  only?: readonly ControllerName[];
}

const controllers = {
  scheduler,
  deployments: deploymentController,
  'replica-sets': replicaSetController,
  namespaces: namespaceController,
  'garbage-collector': garbageCollector,
  nodes: nodeLifecycleController,
  endpoints: endpointsController,
} as const satisfies Record<string, (context: ControllerContext) => Controller>;

export type ControllerName = keyof typeof controllers;

/**
 * Starts the loops that make the cluster follow its objects, on one replica at a time. Resolves when all of
 * them have ended after `signal`; rejects when the store fails for good.
 */
export async function startControllers({
  api,
  clock,
  signal,
  sleep = timerSleep,
  log,
  scheduling,
  only,
}: ControllerOptions): Promise<void> {
  const informers = new Map<ResourceDefinition, Informer>();
  const names = only ?? (Object.keys(controllers) as ControllerName[]);
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const running = names.map((name) =>
    controllers[name]({
      objects: api.objects.as(`${name}-controller`),
      clock: { nowMs: () => clock.nowMs(), sleep },
      signal: either,
      log,
      scheduling,
      informer: (resource) => {
        const informer = informers.get(resource) ?? new Informer(resource);
        informers.set(resource, informer);
        return informer;
      },
    }),
  );
  const views = [...informers.values()];
  const followed = views.map((view) => view.run(api.objects, either));
  const synced = Promise.all(views.map((view) => view.synced)).then(() =>
    Promise.all(running.map((controller) => controller.run())),
  );
  const aborted = new Promise<void>((resolve) => {
    if (either.aborted) resolve();
    else either.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    await Promise.all([...followed, Promise.race([synced, aborted])]);
  } finally {
    stop.abort();
  }
}
