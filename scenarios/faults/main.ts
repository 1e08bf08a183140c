import { randomInt } from 'node:crypto';
import { Command, CommanderError } from 'commander';
import { untilInterrupted } from '../../conformance/cli/interrupt.ts';
import { createProgress } from '../../conformance/cli/progress.ts';
import { SuiteError, UsageError, describeError } from '../../conformance/errors.ts';
import { loadBundled } from '../../conformance/target/bundled.ts';
import { loadTarget } from '../../conformance/target/load.ts';
import type { Injected } from './nemesis.ts';
import { FAULT_KINDS, FAULT_WORDS, type FaultKind } from './plan.ts';
import { writeReports } from './report/write.ts';
import { renderSummary } from './report/summary.ts';
import { runFaults } from './run.ts';

interface CliOptions {
  target?: string;
  seed?: string;
  minutes: string;
  clients: string;
  workers: string;
  only: string[];
  on: string[];
  mutant?: string;
  env: string[];
  reportDir: string;
  keep?: boolean;
}

const [EXIT_VIOLATED, EXIT_USAGE, EXIT_HARNESS, EXIT_INTERRUPTED] = [1, 2, 3, 130];

const HELP = `
Faults:
${FAULT_KINDS.map((kind) => `  ${kind.padEnd(8)} ${FAULT_WORDS[kind]}`).join('\n')}

Exit code: 0 nothing found, 1 a rule is violated, 2 wrong usage, 3 fault of the suite or its environment (or a
history that could not be decided), 130 interrupted.

Examples:
  $ npm run test:faults -- --seed 1 --minutes 5
  $ npm run test:faults -- --seed 7 --minutes 1 --only kill pause --on master
  $ npm run test:faults -- --minutes 0.5 --mutant crash-loses-writes
  $ npm run test:faults -- --target target.yaml --clients 12 --workers 5
`;

/** Reads the command line, runs, prints, writes the reports. Answers the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('test:faults')
    .description(
      'clients work on objects through the gateway while faults strike; then their history is judged',
    )
    .option('-t, --target <file>', 'target file of the implementation; the bundled reference when absent')
    .option('--seed <n>', 'seed of faults and clients; printed, so that a run can be repeated')
    .option('--minutes <n>', 'how long clients work and faults strike', '5')
    .option('--clients <n>', 'clients at the same time', '6')
    .option('--workers <n>', 'workers to start', '3')
    .option('--only <kinds...>', `only these faults: ${FAULT_KINDS.join(' ')}`, [])
    .option('--on <places...>', 'only faults on these parts, lines or modes, as the summary names them', [])
    .option('--mutant <name>', 'switch a known defect of the reference on')
    .option('--env <pairs...>', 'KEY=VALUE added to the environment of each part', [])
    .option('--report-dir <dir>', 'where faults.json, history.jsonl and timeline.html go', 'reports/faults')
    .option('--keep', 'leave the run’s folder, with configuration and logs, behind')
    .addHelpText('after', HELP)
    .showHelpAfterError('(run it with --help for examples)')
    .exitOverride();
  try {
    program.parse([...argv]);
    if (program.args.length > 0) throw new UsageError(`there is no argument ${program.args.join(' ')}`);
    return await run(program.opts<CliOptions>());
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    const hint = error instanceof SuiteError && error.hint ? `  next: ${error.hint}\n` : '';
    process.stderr.write(`error: ${describeError(error)}\n${hint}`);
    return error instanceof SuiteError ? error.exitCode : EXIT_HARNESS;
  }
}

async function run(cli: CliOptions): Promise<number> {
  const seed = cli.seed === undefined ? randomInt(2 ** 31 - 1) : whole('--seed', cli.seed, 0, 2 ** 31 - 1);
  const minutes = Number(cli.minutes);
  if (!(minutes > 0 && minutes <= 24 * 60)) {
    throw new UsageError(`--minutes ${cli.minutes} is not a number above 0 and up to 1440`);
  }
  const options = {
    seed,
    durationMs: minutes * 60_000,
    clients: whole('--clients', cli.clients, 1, 100),
    workers: whole('--workers', cli.workers, 0, 50),
    ...(cli.only.length > 0 && { kinds: cli.only.map(kindOf) }),
    ...(cli.on.length > 0 && { on: cli.on }),
    env: {
      ...Object.fromEntries(cli.env.map(parsePair)),
      ...(cli.mutant !== undefined && { K3S_DAAS_MUTANT: cli.mutant }),
    },
    keep: cli.keep ?? false,
  };
  const target = cli.target ? await loadTarget(cli.target) : await loadBundled();
  const progress = createProgress();
  const interrupted = untilInterrupted();
  try {
    progress.line(`${target.file.name}, seed ${seed}, ${minutes} min`);
    const result = await runFaults({
      ...options,
      target,
      signal: interrupted.signal,
      step: (line) => progress.step(line),
      onFault: (injected, phase) => {
        if (phase === 'over') progress.line(faultLine(injected));
      },
    });
    progress.end();
    process.stdout.write(renderSummary(result));
    progress.line(`reports: ${(await writeReports(result, cli.reportDir)).join(' ')}`);
    if (result.interrupted) return EXIT_INTERRUPTED;
    const codes = { consistent: 0, violated: EXIT_VIOLATED, undecided: EXIT_HARNESS };
    return codes[result.judgement.verdict];
  } finally {
    interrupted.release();
  }
}

function faultLine(injected: Injected): string {
  const { name, startMs, healedMs, recoveredMs, error } = injected;
  const back =
    recoveredMs === undefined
      ? 'never served again'
      : `served again after ${seconds(recoveredMs - healedMs)}`;
  return `${seconds(startMs).padStart(8)}  ${name}, ${seconds(healedMs - startMs)}, ${back}${error === undefined ? '' : ` (${error})`}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function kindOf(word: string): FaultKind {
  const kind = FAULT_KINDS.find((one) => one === word);
  if (!kind)
    throw new UsageError(`there is no fault "${word}"`, { hint: `faults are ${FAULT_KINDS.join(', ')}` });
  return kind;
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new UsageError(`${name} ${text} is not a whole number from ${least} to ${most}`);
  }
  return value;
}

function parsePair(pair: string): [string, string] {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(pair);
  if (!match) throw new UsageError(`--env ${pair} is not KEY=VALUE`);
  return [match[1]!, match[2]!];
}

process.exitCode = await main(process.argv);
