import type { CheckContext } from '../../runner/context.ts';

/**
 * Restarts a server of the target with other values for these placeholders of its files; with the usual ones again when
 * the check ends. For exclusive checks only.
 */
export async function restarted(
  t: CheckContext,
  part: 'gateway' | 'master',
  values: Record<string, string>,
): Promise<void> {
  const server = t.world[part];
  t.needs(`a ${part} that the suite can restart`, server?.startable === true);
  for (const name of Object.keys(values)) {
    t.needs(`a ${part} whose files or command use {{${name}}}`, server.placeholders.includes(name));
  }
  t.defer(async () => {
    await t.control.stop({ part });
    await t.control.start({ part });
  });
  await t.control.stop({ part });
  await t.control.start({ part, values });
}
