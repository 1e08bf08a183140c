import { check, type Check } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { ok } from '../../runner/expectations.ts';
import type { FakeRequest, FakeRoute } from '../../world/fake-messages.ts';
import { lifeOf, type Life } from './life.ts';
import { TIMEOUT_MS } from './workers.ts';

/** A check that judges the life of a worker. */
export function ofLife(
  id: string,
  title: string,
  mutants: readonly string[],
  judge: (life: Life, t: CheckContext) => Promise<void> | void,
): Check {
  return check(id, title, { timeoutMs: TIMEOUT_MS, mutants }, async (t) => {
    const life = await lifeOf(t);
    t.exchanges.push(...life.fake.exchanges);
    await judge(life, t);
  });
}

/** Requests of a route, of which there must be so many. */
export function atLeast(requests: readonly FakeRequest[], route: FakeRoute, count: number): FakeRequest[] {
  const found = requests.filter((one) => one.route === route);
  ok(`there are requests to ${route}`, found.length >= count, { wanted: count, got: found.length });
  return found;
}
