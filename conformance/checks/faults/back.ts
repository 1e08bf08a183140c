import type { CheckContext } from '../../runner/context.ts';
import { eventually } from '../../runner/expectations.ts';
import { CONFIG_MAPS, configMap } from './config-map.ts';

const SERVING_MS = 25_000;

/** Starts a part again if it does not run, and waits until a write gets all the way through, whatever fails before. */
export async function back(t: CheckContext, part: 'gateway' | 'master'): Promise<void> {
  if (!(await t.control.state({ part })).running) await t.control.start({ part });
  const admin = await t.actors.shared('admin');
  const written = async (): Promise<true | undefined> => {
    const body = configMap(t.name('back'));
    const answer = await t.gateway.as(admin, 'POST', CONFIG_MAPS, { body }).catch(() => undefined);
    return answer?.status === 201 ? true : undefined;
  };
  await eventually(`a write after the start of the ${part}`, written, {
    withinMs: SERVING_MS,
    intervalMs: 100,
  });
}
