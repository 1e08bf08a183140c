import type { CheckContext } from '../runner/context.ts';
import { eventually } from '../runner/expectations.ts';

const SERVING_MS = 25_000;

/** Starts a part again if it does not run, and waits until a write gets all the way through, whatever fails before. */
export async function startAgain(t: CheckContext, part: 'gateway' | 'master'): Promise<void> {
  if (!(await t.control.state({ part })).running) await t.control.start({ part });
  const admin = await t.actors.shared('admin');
  const written = async (): Promise<true | undefined> => {
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: t.name('again') } };
    const target = '/api/v1/namespaces/default/configmaps';
    const answer = await t.gateway.as(admin, 'POST', target, { body }).catch(() => undefined);
    return answer?.status === 201 ? true : undefined;
  };
  await eventually(`a write after the start of the ${part}`, written, {
    withinMs: SERVING_MS,
    intervalMs: 100,
  });
}
