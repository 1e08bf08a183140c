import fc from 'fast-check';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, eventually } from '../../runner/expectations.ts';
import { property } from '../../runner/property.ts';
import { Kube, otherAdministrator, ownKube } from './kube.ts';
import { commands, freshModel, told, toldSince, type Real } from './model.ts';

const RUNS = 2;
const COMMANDS = 24;

/** Three clients of two wallets do as the seed says; afterwards every watch must have told all that happened. */
async function workAgainstModel(t: CheckContext): Promise<void> {
  const other = await otherAdministrator(t);
  const whatHappens = fc.asyncProperty(commands(COMMANDS), async (planned) => {
    const admin = await ownKube(t);
    const second = new Kube(t, other, admin.namespace);
    const model = freshModel();
    const real: Real = { clients: [admin, second, new Kube(t, admin.client, admin.namespace)], watches: [] };
    await fc.asyncModelRun(() => ({ model, real }), planned);
    for (const [index, watch] of real.watches.entries()) {
      const wanted = toldSince(model, model.watches[index]!.since);
      await eventually(
        `all ${wanted.length} events in watch ${index}`,
        () => (told(watch).length >= wanted.length ? true : undefined),
        { withinMs: 5_000, intervalMs: 20 },
      );
      equal(`what watch ${index} told`, told(watch), wanted);
    }
  });
  await property('the server does what the model says', t.seed, RUNS, whatHappens);
}

export default defineChecks([
  check(
    'GW-WAT-002/model',
    'random work of several clients goes by the rules, and watches opened in its midst tell every later change once and in order',
    { mutants: ['watch-drops-event', 'watch-repeats-events'], timeoutMs: 60_000 },
    workAgainstModel,
  ),
]);
