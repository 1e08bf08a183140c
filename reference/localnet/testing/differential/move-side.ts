import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contractSources, testMove } from '../../../../contracts/build.ts';
import type { DriverRun } from './encode.ts';

const DEADLINE_MS = 300_000;

/** What the other machine made of some runs. */
export interface Judgement {
  /** Indices of the runs that came out otherwise. */
  readonly wrong: readonly number[];
  readonly output: string;
}

/** Runs recorded programs on the Move machine of the compiler: one test each, one compilation for all. */
export async function judge(runs: readonly DriverRun[]): Promise<Judgement> {
  const driver = await readFile(join(import.meta.dirname, 'driver.move'), 'utf8');
  const tests = runs.map(({ program, abort }, index) => {
    const hex = Buffer.from(program).toString('hex');
    const fails =
      abort === undefined
        ? ''
        : ` #[expected_failure(abort_code = ${abort.code}, location = ${abort.module})]`;
    return `#[test]${fails} fun p${index}() { k3s_daas::driver::run(x"${hex}") }`;
  });
  const files = {
    ...(await contractSources({ tests: false })),
    'tests/driver.move': driver,
    'tests/programs.move': `#[test_only] module k3s_daas::programs;\n${tests.join('\n')}\n`,
  };
  const run = await testMove({ files, deadlineMs: DEADLINE_MS });
  if (run.tests.length !== runs.length) {
    throw new Error(`${run.tests.length} of ${runs.length} tests ran:\n${run.output.slice(0, 4000)}`);
  }
  const wrong = run.tests
    .filter(({ passed }) => !passed)
    .map(({ name }) => Number(name.slice(name.lastIndexOf('::p') + 3)));
  return { wrong: wrong.toSorted((a, b) => a - b), output: run.output };
}
