import { check, defineChecks, type Check } from '../../runner/check.ts';
import { equal, ok } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import type { AttestationLie } from '../../world/fault-plan.ts';
import { endOfStart, obey, setStage, targetsOf, TIMEOUT_MS, withCredential, type Stage } from './workers.ts';

/** Starts a worker at a master that tells each of these lies: it must stop and send no credential. */
function rejects(id: string, title: string, mutants: string[], lies: readonly AttestationLie[]): Check {
  return check(id, title, { timeoutMs: TIMEOUT_MS, mutants }, async (t) => {
    // One stake for all: the starts are the quicker for it.
    const stage = await setStage(t);
    await eachRow(
      lies.map((lie) => [lie, lie] as const),
      async (lie) => {
        const from = stage.fake.requests.length;
        obey(t, stage.fake, { on: 'attestation', times: 'always', do: { attestation: lie } });
        await endOfStart(t, stage);
        sentNothing(stage, from);
      },
    );
  });
}

/** Fails when since request number `from` none asked for an attestation, or one carried a credential. */
function sentNothing({ fake }: Stage, from: number): void {
  const seen = fake.requests.slice(from);
  ok(
    'it asked for an attestation',
    seen.some(({ route }) => route === 'attestation'),
    { got: targetsOf(seen) },
  );
  equal('requests with a credential', targetsOf(withCredential(seen)), []);
}

export default defineChecks([
  rejects(
    'WK-ATT-001',
    'a master that cannot attest gets no credential',
    ['attestation-skipped'],
    ['no-document', 'not-found'],
  ),
]);
