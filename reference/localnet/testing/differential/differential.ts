import * as fc from 'fast-check';
import type { CompiledPackage } from '../../../../contracts/build.ts';
import { describeCall } from './call.ts';
import { ChainSide } from './chain-side.ts';
import type { Recording } from './chain-side.ts';
import { rawProgram } from './choose.ts';
import type { Raw } from './choose.ts';
import { encodeRuns } from './encode.ts';
import type { DriverRun } from './encode.ts';
import { judge } from './move-side.ts';
import { shrinkList, shrinkValue } from './shrink.ts';
import { runSnippets } from './snippet-run.ts';
import { functionSource, rawSnippet } from './snippet-source.ts';
import type { RawSnippet } from './snippet-source.ts';

export interface DifferentialOptions {
  /** Gives the same cases again. */
  readonly seed: number;
  /** How many programs of contract calls, and how many random functions. */
  readonly programs: number;
  readonly snippets: number;
  /** What stands on the localnet; the package of `contracts/` by default. */
  readonly contracts?: CompiledPackage;
  /** Hears of the progress. */
  readonly progress?: (line: string) => void;
}

export interface DifferentialReport {
  readonly programs: number;
  /** Calls whose results, events and effects on the objects were compared. */
  readonly calls: number;
  /** Calls that had to abort alike. */
  readonly aborts: number;
  /** Results of random functions that were compared, and their failures. */
  readonly values: number;
  readonly failures: number;
  /** What the machines do not agree on, made small; empty when all is well. */
  readonly disagreements: readonly string[];
}

const PROGRAMS_A_BATCH = 80;
const SNIPPETS_A_BATCH = 120;
/** Each kind of abort this often a batch: every one costs a run of its own, and most are of a few kinds. */
const SAME_ABORTS = 4;
const LIST_ROUNDS = 8;
const VALUE_SHRINKING = { rounds: 15, width: 60 };

/** Cases in a report. */
export function caseCount({ calls, aborts, values, failures }: DifferentialReport): number {
  return calls + aborts + values + failures;
}

/** Lets the localnet and the Move machine of the compiler do the same things, and compares. */
export async function runDifferential(options: DifferentialOptions): Promise<DifferentialReport> {
  const { seed, progress = () => {} } = options;
  const disagreements: string[] = [];
  let [calls, aborts, values, failures] = [0, 0, 0, 0];

  await using chain = await ChainSide.start(options.contracts);
  for (const batch of batches(fc.sample(rawProgram, { seed, numRuns: options.programs }), PROGRAMS_A_BATCH)) {
    const result = await comparePrograms(chain, batch);
    calls += result.calls;
    aborts += result.aborts;
    const [wrong] = result.wrong;
    if (wrong !== undefined) disagreements.push(await explainProgram(chain, wrong));
    progress(`${calls} calls and ${aborts} aborts of contract programs`);
  }
  for (const batch of batches(fc.sample(rawSnippet, { seed, numRuns: options.snippets }), SNIPPETS_A_BATCH)) {
    const result = await runSnippets(batch);
    values += result.values;
    failures += result.failures;
    const wrong = batch[result.wrong[0] ?? -1];
    if (wrong !== undefined) disagreements.push(await explainSnippet(wrong));
    progress(`${values} values and ${failures} failures of random functions`);
  }
  return { programs: options.programs, calls, aborts, values, failures, disagreements };
}

function* batches<T>(list: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < list.length; at += size) yield list.slice(at, at + size);
}

interface Compared {
  readonly calls: number;
  readonly aborts: number;
  readonly wrong: readonly (readonly Raw[])[];
  readonly output: string;
}

async function comparePrograms(chain: ChainSide, programs: readonly (readonly Raw[])[]): Promise<Compared> {
  const seen = new Map<string, number>();
  const runs: (DriverRun & { readonly of: number })[] = [];
  let calls = 0;
  for (const [of, program] of programs.entries()) {
    const recording = chain.run(program);
    calls += recording.outcomes.filter(({ abort }) => abort === undefined).length;
    for (const run of encodeRuns(recording)) if (isWanted(run, seen)) runs.push({ ...run, of });
  }
  const { wrong, output } = await judge(runs);
  const failing = new Set(wrong.map((index) => (runs[index] as (typeof runs)[number]).of));
  return {
    calls,
    aborts: runs.filter(({ abort }) => abort !== undefined).length,
    wrong: [...failing].map((of) => programs[of] as readonly Raw[]),
    output,
  };
}

function isWanted({ abort, last }: DriverRun, seen: Map<string, number>): boolean {
  if (abort === undefined) return true;
  const kind = `${last} ${abort.module} ${abort.code}`;
  const count = (seen.get(kind) ?? 0) + 1;
  seen.set(kind, count);
  return count <= SAME_ABORTS;
}

async function explainProgram(chain: ChainSide, program: readonly Raw[]): Promise<string> {
  const smallest = await shrinkList(
    program,
    async (candidates) => {
      const { wrong } = await comparePrograms(chain, candidates);
      return candidates.map((candidate) => wrong.includes(candidate));
    },
    LIST_ROUNDS,
  );
  const { output } = await comparePrograms(chain, [smallest]);
  return `a program of contract calls:\n${describe(chain.run(smallest))}\nthe Move machine says:\n${tail(output)}`;
}

function describe({ outcomes }: Recording): string {
  return outcomes
    .map(({ call, abort, events }) => {
      const came =
        abort === undefined
          ? events.map(({ name }) => name).join(', ') || 'done'
          : `abort ${abort.code} in ${abort.module}`;
      return `  ${describeCall(call)} → ${came}`;
    })
    .join('\n');
}

async function disagreeing(candidates: readonly RawSnippet[]): Promise<boolean[]> {
  const { wrong } = await runSnippets(candidates);
  return candidates.map((_, index) => wrong.includes(index));
}

async function explainSnippet(snippet: RawSnippet): Promise<string> {
  const calls = await shrinkList(
    snippet.calls,
    (lists) => disagreeing(lists.map((list) => ({ ...snippet, calls: [...list] }))),
    LIST_ROUNDS,
  );
  const smallest = await shrinkValue(
    rawSnippet,
    { ...snippet, calls: [...calls] },
    disagreeing,
    VALUE_SHRINKING,
  );
  const { output } = await runSnippets([smallest]);
  return `a function:\n  ${functionSource('f0', smallest)}\nthe Move machine says:\n${tail(output)}`;
}

function tail(output: string): string {
  return output.slice(Math.max(0, output.indexOf('Test failures'))).slice(0, 2500);
}
