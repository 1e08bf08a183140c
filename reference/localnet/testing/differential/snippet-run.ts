import { testMove } from '../../../../contracts/build.ts';
import { normalizeAddress } from '../../vm/address.ts';
import { isVmFailure } from '../../vm/errors.ts';
import type { VmFailure } from '../../vm/errors.ts';
import { compileApp, frameworkStore, Snippet } from '../../vm/testing/snippets.ts';
import type { TypeTag } from '../../vm/types.ts';
import { argumentsOf, functionSource, PRELUDE } from './snippet-source.ts';
import type { RawSnippet } from './snippet-source.ts';

const ZERO = normalizeAddress('0x0');
const DEADLINE_MS = 300_000;

/** What came of a batch of snippets. */
export interface SnippetVerdict {
  /** Calls compared: those with a value, and those that fail. */
  readonly values: number;
  readonly failures: number;
  /** Indices of the snippets on which the machines disagree. */
  readonly wrong: readonly number[];
  readonly output: string;
}

/** Computes every call here, and lets the Move machine of the compiler check all results. */
export async function runSnippets(snippets: readonly RawSnippet[]): Promise<SnippetVerdict> {
  const functions = snippets.map((snippet, index) => functionSource(`f${index}`, snippet));
  const source = `module app::m;\n${PRELUDE}\n${functions.join('\n')}`;
  const store = await frameworkStore();
  store.add({ storageId: ZERO, modules: await compileApp({ 'm.move': source }, ZERO) });
  const machine = new Snippet(store, 'm', ZERO);
  let values = 0;
  const failing: string[] = [];
  const tests = snippets.flatMap(({ calls }, index) => {
    const asserts: string[] = [];
    for (const [at, numbers] of calls.entries()) {
      const { values: args, source: text } = argumentsOf(numbers);
      const call = `f${index}(${text})`;
      try {
        const [result] = machine.run(`f${index}`, args).returns;
        if (result === undefined) throw new Error(`f${index} returns nothing`);
        const bytes = store.serialize(result.type as TypeTag, result.value);
        asserts.push(
          `assert!(std::bcs::to_bytes(&${call}) == x"${Buffer.from(bytes).toString('hex')}", ${at});`,
        );
      } catch (error) {
        if (!isVmFailure(error)) throw error;
        failing.push(`#[test] ${expectation(error)} fun s${index}_f${at}() { ${call}; }`);
      }
    }
    values += asserts.length;
    return asserts.length === 0 ? [] : [`#[test] fun s${index}_v() { ${asserts.join(' ')} }`];
  });
  const all = [...tests, ...failing];
  const run = await testMove({
    files: { 'm.move': `${source}\n${all.join('\n')}` },
    name: 'app',
    deadlineMs: DEADLINE_MS,
  });
  if (run.tests.length !== all.length)
    throw new Error(`${run.tests.length} of ${all.length} tests ran:\n${run.output.slice(0, 4000)}`);
  const wrong = run.tests
    .filter(({ passed }) => !passed)
    .map(({ name }) => Number(/::s(\d+)_/u.exec(name)?.[1]));
  return { values, failures: failing.length, wrong: [...new Set(wrong)], output: run.output };
}

function cause(failure: VmFailure): string | undefined {
  if (failure.kind === 'abort') return `abort_code = ${failure.code}`;
  if (failure.kind === 'arithmetic') return 'arithmetic_error';
  return failure.kind === 'vector_bounds' ? `vector_error, minor_status = ${failure.subStatus}` : undefined;
}

/** The attribute of a Move test that must fail as `failure` says. */
export function expectation(failure: VmFailure): string {
  const home = failure.location?.module;
  const location = home === undefined || home.address === ZERO ? 'app::m' : `std::${home.name}`;
  const what = cause(failure);
  if (what === undefined) throw failure;
  return `#[expected_failure(${what}, location = ${location})]`;
}
