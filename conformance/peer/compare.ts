import { isDeepStrictEqual } from 'node:util';
import type { Command } from './commands.ts';
import { ALLOWED } from './differences.ts';
import type { Endpoint } from './endpoint.ts';
import { Normaliser, type Normal } from './normal.ts';
import { Side } from './side.ts';

/** Where two sides answered differently. */
export interface Disagreement {
  /** Position in the sequence; undefined for the watch at its end. */
  index?: number;
  command?: Command;
  peer: unknown;
  target: unknown;
}

/**
 * Sends the same commands to both sides, each in a fresh namespace, and compares answer by answer; in the end what a
 * watch from the beginning tells. Resolves to the first disagreement, undefined when there is none.
 */
export async function compareSides(
  peer: Endpoint,
  target: Endpoint,
  namespace: string,
  commands: readonly Command[],
): Promise<Disagreement | undefined> {
  await Promise.all([peer.makeNamespace(namespace), target.makeNamespace(namespace)]);
  const sides = [peer, target].map((endpoint) => ({
    side: new Side(endpoint, namespace),
    normaliser: new Normaliser(),
    since: '',
  }));
  await Promise.all(sides.map(async (one) => (one.since = await one.side.version())));
  for (const [index, command] of commands.entries()) {
    const [theirs = [], ours = []] = await Promise.all(
      sides.map(async ({ side, normaliser }) =>
        (await side.run(command, index)).map(({ status, text }) => normaliser.answer(status, text)),
      ),
    );
    for (let page = 0; page < Math.max(theirs.length, ours.length); page += 1) {
      const [one, other] = [theirs[page], ours[page]];
      const verdict = agree(command, one, other);
      if (verdict === 'no') return { index, command, peer: one, target: other };
      if (verdict === 'over') return undefined;
    }
  }
  const [told, heard] = await Promise.all(
    sides.map(async ({ side, normaliser, since }) =>
      (await side.watch(since)).map((event) => normaliser.event(event)),
    ),
  );
  return isDeepStrictEqual(plain(told), plain(heard)) ? undefined : { peer: told, target: heard };
}

/** `over`: they differ as they may, and from here on their states do, too. */
function agree(
  command: Command,
  peer: Normal | undefined,
  target: Normal | undefined,
): 'yes' | 'no' | 'over' {
  if (isDeepStrictEqual(plain(peer), plain(target))) return 'yes';
  if (peer === undefined || target === undefined) return 'no';
  const allowed = ALLOWED.find(({ allows }) => allows(command, peer, target));
  if (allowed === undefined) return 'no';
  return allowed.ends ? 'over' : 'yes';
}

/** Without fields that are undefined, as on the wire. */
const plain = (value: unknown): unknown =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
