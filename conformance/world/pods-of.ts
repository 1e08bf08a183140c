import type { CheckContext } from '../runner/context.ts';
import { at, eventually, ok, status } from '../runner/expectations.ts';
import type { Actor } from './actors.ts';

/** A pod as the gateway tells of it. */
export interface SeenPod {
  name: string;
  uid: string;
  /** Empty while it is not bound. */
  node: string;
  phase: string;
  leaving: boolean;
}

/** The pods of a namespace that carry these labels. */
export async function podsOf(
  t: CheckContext,
  actor: Actor,
  namespace: string,
  selector: string,
): Promise<SeenPod[]> {
  const query = selector === '' ? '' : `?labelSelector=${encodeURIComponent(selector)}`;
  const answer = await t.gateway.as(actor, 'GET', `/api/v1/namespaces/${namespace}/pods${query}`);
  status(answer, 200);
  const items = at(answer.json, 'items');
  return (Array.isArray(items) ? items : []).map(seenPod);
}

/** One pod as it was answered. */
export function seenPod(pod: unknown): SeenPod {
  const text = (...path: string[]): string => {
    const value = at(pod, ...path);
    return typeof value === 'string' ? value : '';
  };
  return {
    name: text('metadata', 'name'),
    uid: text('metadata', 'uid'),
    node: text('spec', 'nodeName'),
    phase: text('status', 'phase'),
    leaving: at(pod, 'metadata', 'deletionTimestamp') !== undefined,
  };
}

/** Waits until exactly so many pods carry these labels and run, none of them on a node of `notOn`. */
export async function runningPods(
  t: CheckContext,
  where: { actor: Actor; namespace: string; selector: string; notOn?: readonly string[] },
  count: number,
  withinMs: number,
): Promise<SeenPod[]> {
  const { actor, namespace, selector, notOn = [] } = where;
  let last: SeenPod[] = [];
  try {
    return await eventually(
      `${count} running pods with ${selector}`,
      async () => {
        last = (await podsOf(t, actor, namespace, selector)).filter(({ leaving }) => !leaving);
        const fit = last.filter(({ phase, node }) => phase === 'Running' && !notOn.includes(node));
        return fit.length === count && last.length === count ? fit : undefined;
      },
      { withinMs, intervalMs: 100, signal: t.signal },
    );
  } catch (error) {
    ok(`${count} pods with ${selector} run within ${withinMs} ms`, false, {
      wanted: { running: count, notOn },
      got: { pods: last, error: String(error) },
    });
    throw error;
  }
}
