import { z } from 'zod';
import { deployment, pod } from '../../conformance/checks/gateway/kube.ts';
import { at, equal, eventually, ok, status } from '../../conformance/runner/expectations.ts';
import { podsOf, runningPods } from '../../conformance/world/pods-of.ts';
import type { WorkerEffect } from '../model.ts';
import type { Stage } from '../stage.ts';
import { step } from '../step.ts';
import { as, count, name, within } from './fields.ts';

/** What the agent of its node reported of a pod that runs. */
function effectOf(object: unknown): WorkerEffect {
  const text = (...path: string[]): string => String(at(object, ...path) ?? '');
  return {
    node: text('spec', 'nodeName'),
    pod: text('metadata', 'name'),
    uid: text('metadata', 'uid'),
    pod_ip: text('status', 'podIP'),
    started_at: text('status', 'startTime'),
  };
}

async function addEffects(s: Stage, actor: string, made: string, pods: readonly string[]): Promise<void> {
  const evidence = s.effects.get(made);
  for (const one of pods) {
    const object = await s.kube(actor).present('pods', one);
    const effect = effectOf(object);
    ok(
      'the node’s agent reported the pod’s address and start',
      effect.pod_ip !== '' && effect.started_at !== '',
      {
        got: effect,
      },
    );
    const known = evidence?.workers?.some(({ uid }) => uid === effect.uid);
    if (evidence && !known) (evidence.workers ??= []).push(effect);
    s.note(`${effect.pod} runs on ${effect.node} as ${effect.pod_ip} since ${effect.started_at}`);
  }
}

export const podSteps = [
  step('create-pod', {
    about: 'a pod is created, for one worker’s node or for any',
    params: z.strictObject({ as, name, on: name.optional() }),
    refers: { as: 'actor', on: 'worker' },
    say: (p) => `${p.as} creates the pod ${p.name}${p.on ? ` for the node of ${p.on}` : ''}`,
    run: async (s, p) => {
      const spec = p.on && { nodeSelector: { 'kubernetes.io/hostname': s.worker(p.on).nodeId } };
      const body = pod(p.name, s.namespace, spec || {});
      status(await s.write(p.as, 'POST', s.kube(p.as).path('pods'), body), 201);
      const evidence = s.evidence.at(-1);
      if (evidence) s.effects.set(p.name, evidence);
    },
  }),

  step('pod-running', {
    about: 'a pod runs, on the node of this worker',
    params: z.strictObject({ as, name, on: name.optional(), within_seconds: within(15) }),
    refers: { as: 'actor', on: 'worker' },
    say: (p) => `the pod ${p.name} runs${p.on ? ` on the node of ${p.on}` : ''}`,
    run: async (s, p) => {
      const running = await eventually(
        'the pod’s Running',
        async () => {
          const answer = await s.kube(p.as).get('pods', p.name);
          return at(answer.json, 'status', 'phase') === 'Running' ? answer.json : undefined;
        },
        { withinMs: p.within_seconds * 1000, intervalMs: 80, signal: s.t.signal },
      );
      if (p.on) equal('the node it runs on', at(running, 'spec', 'nodeName'), s.worker(p.on).nodeId);
      await addEffects(s, p.as, p.name, [p.name]);
    },
  }),

  step('pod-waits', {
    about: 'a pod for a worker’s node is not bound and says why',
    params: z.strictObject({ as, name, on: name, within_seconds: within(10) }),
    refers: { as: 'actor', on: 'worker' },
    say: (p) => `a pod for the node of ${p.on} is not bound to it`,
    run: async (s, p) => {
      const spec = { nodeSelector: { 'kubernetes.io/hostname': s.worker(p.on).nodeId } };
      status(await s.write(p.as, 'POST', s.kube(p.as).path('pods'), pod(p.name, s.namespace, spec)), 201);
      const evidence = s.evidence.at(-1);
      if (evidence) s.effects.set(p.name, evidence);
      const object = await eventually(
        'the scheduler’s no',
        async () => {
          const { json } = await s.kube(p.as).get('pods', p.name);
          const bound = at(json, 'spec', 'nodeName');
          ok('it is not bound', bound === undefined || bound === '', { got: bound });
          return reasonOf(json) === 'Unschedulable' ? json : undefined;
        },
        { withinMs: p.within_seconds * 1000, intervalMs: 100, signal: s.t.signal },
      );
      equal('its phase', at(object, 'status', 'phase'), 'Pending');
    },
  }),

  step('no-pods-on', {
    about: 'no pod is left on a worker’s node',
    params: z.strictObject({ as, worker: name, within_seconds: within(10) }),
    refers: { as: 'actor', worker: 'worker' },
    say: (p) => `no pod is left on the node of ${p.worker} within ${p.within_seconds} s`,
    run: async (s, p) => {
      const { nodeId } = s.worker(p.worker);
      await eventually(
        `the end of the pods on ${nodeId}`,
        async () => {
          const pods = await podsOf(s.t, s.actor(p.as), s.namespace, '');
          return pods.some(({ node }) => node === nodeId) ? undefined : true;
        },
        { withinMs: p.within_seconds * 1000, intervalMs: 100, signal: s.t.signal },
      );
    },
  }),

  step('deploy', {
    about: 'a Deployment of so many replicas is created',
    params: z.strictObject({ as, name, replicas: count }),
    refers: { as: 'actor' },
    say: (p) => `${p.as} creates the deployment ${p.name} of ${p.replicas} replicas`,
    run: async (s, p) => {
      const body = deployment(p.name, s.namespace, p.replicas, { affinity: awayFrom(s.othersNodes) });
      status(await s.write(p.as, 'POST', s.kube(p.as).path('deployments'), body), 201);
      const evidence = s.evidence.at(-1);
      if (evidence) s.effects.set(p.name, evidence);
    },
  }),

  step('scale', {
    about: 'a Deployment is scaled by its scale subresource',
    params: z.strictObject({ as, name, replicas: count }),
    refers: { as: 'actor' },
    say: (p) => `${p.as} scales ${p.name} to ${p.replicas}`,
    run: async (s, p) => {
      const path = s.kube(p.as).path('deployments', p.name, 'scale');
      const body = { spec: { replicas: p.replicas } };
      status(await s.write(p.as, 'PATCH', path, body, 'application/merge-patch+json'), 200);
    },
  }),

  step('roll-out', {
    about: 'the image of a Deployment changes; its pods follow while most go on running',
    params: z.strictObject({
      as,
      name,
      image: z.string().min(1),
      replicas: count,
      within_seconds: within(30),
    }),
    refers: { as: 'actor' },
    say: (p) =>
      `${p.as} rolls ${p.name} out with ${p.image}; at most a quarter of the pods is missing meanwhile`,
    run: async (s, p) => {
      const kube = s.kube(p.as);
      const before = new Set(
        (await podsOf(s.t, kube.actor, s.namespace, `app=${p.name}`)).map(({ uid }) => uid),
      );
      const body = { spec: { template: { spec: { containers: [{ name: 'main', image: p.image }] } } } };
      const path = kube.path('deployments', p.name);
      status(await s.write(p.as, 'PATCH', path, body, 'application/strategic-merge-patch+json'), 200);
      const least = p.replicas - Math.floor(p.replicas / 4);
      let fewest = p.replicas;
      await eventually(
        'the new pods',
        async () => {
          const pods = await podsOf(s.t, kube.actor, s.namespace, `app=${p.name}`);
          const running = pods.filter(({ phase, leaving }) => phase === 'Running' && !leaving);
          fewest = Math.min(fewest, running.length);
          ok(`at least ${least} pods run during the roll-out`, running.length >= least, { got: pods });
          const renewed = pods.length === p.replicas && pods.every(({ uid }) => !before.has(uid));
          return renewed && running.length === p.replicas ? true : undefined;
        },
        { withinMs: p.within_seconds * 1000, intervalMs: 60, signal: s.t.signal },
      );
      s.note(`never fewer than ${fewest} of ${p.replicas} pods ran`);
    },
  }),

  step('replicas-running', {
    about: 'exactly so many pods of a Deployment run, on at least so many nodes, none on these',
    params: z.strictObject({
      as,
      name,
      count,
      nodes: z.number().int().min(1).max(50).default(1),
      not_on: z.array(name).default([]),
      within_seconds: within(25),
    }),
    refers: { as: 'actor', not_on: 'worker' },
    say: (p) =>
      `${p.count} pods of ${p.name} run${p.nodes > 1 ? ` on ${p.nodes} nodes` : ''}${p.not_on.length > 0 ? `, none on the node of ${p.not_on.join(', ')}` : ''}`,
    run: async (s, p) => {
      const where = {
        actor: s.actor(p.as),
        namespace: s.namespace,
        selector: `app=${p.name}`,
        notOn: p.not_on.map((worker) => s.worker(worker).nodeId),
      };
      const pods = await runningPods(s.t, where, p.count, p.within_seconds * 1000);
      const nodes = new Set(pods.map(({ node }) => node));
      ok(`they are on ${p.nodes} nodes at least`, p.count === 0 || nodes.size >= p.nodes, { got: pods });
      await addEffects(
        s,
        p.as,
        p.name,
        pods.map((one) => one.name),
      );
    },
  }),

  step('delete', {
    about: 'an object is deleted',
    params: z.strictObject({ as, resource: name, name }),
    refers: { as: 'actor' },
    say: (p) => `${p.as} deletes ${p.resource}/${p.name}`,
    run: async (s, p) => {
      const path = s.kube(p.as).path(p.resource, p.name);
      status(await s.write(p.as, 'DELETE', path, { propagationPolicy: 'Background' }), [200, 202]);
    },
  }),

  step('nothing-left', {
    about: 'a Deployment, its replica sets and pods are gone',
    params: z.strictObject({ as, name, within_seconds: within(20) }),
    refers: { as: 'actor' },
    say: (p) => `nothing of ${p.name} is left`,
    run: async (s, p) => {
      const kube = s.kube(p.as);
      const query = `?labelSelector=${encodeURIComponent(`app=${p.name}`)}`;
      await eventually(
        `the end of ${p.name}`,
        async () => {
          const there = (await kube.get('deployments', p.name)).status !== 404;
          const lists = await Promise.all(['replicasets', 'pods'].map((kind) => kube.list(kind, query)));
          const left = lists.flatMap(({ json }) => at(json, 'items') as unknown[]);
          return there || left.length > 0 ? undefined : true;
        },
        { withinMs: p.within_seconds * 1000, intervalMs: 100, signal: s.t.signal },
      );
    },
  }),
];

/** Nodes of a cluster that was there before pull real images, and may have reasons not to. */
function awayFrom(nodes: readonly string[]): object | undefined {
  if (nodes.length === 0) return undefined;
  const term = { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'NotIn', values: nodes }] };
  const required = { nodeSelectorTerms: [term] };
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } };
}

/** Reason of the condition PodScheduled. */
function reasonOf(object: unknown): unknown {
  const conditions = at(object, 'status', 'conditions');
  if (!Array.isArray(conditions)) return undefined;
  return at(
    conditions.find((one) => at(one, 'type') === 'PodScheduled'),
    'reason',
  );
}
