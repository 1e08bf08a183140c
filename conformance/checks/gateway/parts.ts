import type { CheckContext } from '../../runner/context.ts';
import { eventually } from '../../runner/expectations.ts';
import { kube } from './kube.ts';

const SERVING_MS = 25_000;

/** Starts a part again and waits until a write gets all the way through. */
export async function startAgain(t: CheckContext, part: 'gateway' | 'master'): Promise<void> {
  if (!(await t.control.state({ part })).running) await t.control.start({ part });
  const admin = await kube(t);
  const written = async (): Promise<true | undefined> => {
    const answer = await admin.create('configmaps', admin.configMap(t.name('again'))).catch(() => undefined);
    return answer?.status === 201 ? true : undefined;
  };
  await eventually(`a write after the start of the ${part}`, written, {
    withinMs: SERVING_MS,
    intervalMs: 150,
  });
}
