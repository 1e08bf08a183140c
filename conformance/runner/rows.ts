import { CheckFailure } from './outcome.ts';

/** Runs `one` on each row, one after the other; a failure says in which row it was. */
export async function eachRow<Row>(
  rows: readonly (readonly [name: string, row: Row])[],
  one: (row: Row, name: string) => Promise<void>,
): Promise<void> {
  for (const [name, row] of rows) {
    try {
      await one(row, name);
    } catch (error) {
      if (!(error instanceof CheckFailure)) throw error;
      throw new CheckFailure(`${name}: ${error.message}`, error.evidence);
    }
  }
}
