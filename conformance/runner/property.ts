import fc from 'fast-check';
import { CheckFailure } from './outcome.ts';

/**
 * Runs a property from the check's own seed. A counterexample is a CheckFailure that shows what was sent; any other
 * error of the predicate stays what it is. Network calls cost time, so it shrinks little.
 */
export async function property<Values>(
  what: string,
  seed: number,
  numRuns: number,
  tested: fc.IAsyncProperty<Values>,
): Promise<void> {
  const details = await fc.check(tested, { seed, numRuns, endOnFailure: true, verbose: false });
  if (!details.failed) return;
  const { errorInstance: error } = details;
  const evidence = { sent: fc.stringify(details.counterexample), wanted: what };
  if (error instanceof CheckFailure) {
    throw new CheckFailure(`${what}, but ${error.message} (seed ${seed}, run ${details.numRuns})`, {
      ...evidence,
      ...error.evidence,
    });
  }
  if (error instanceof Error) throw error;
  throw new CheckFailure(`${what} (seed ${seed}, run ${details.numRuns})`, evidence);
}
