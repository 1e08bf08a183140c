import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Command, CommanderError } from 'commander';
import { untilInterrupted } from '../../conformance/cli/interrupt.ts';
import { createProgress } from '../../conformance/cli/progress.ts';
import { SuiteError, UsageError, describeError } from '../../conformance/errors.ts';
import { loadBundled } from '../../conformance/target/bundled.ts';
import { loadTarget } from '../../conformance/target/load.ts';
import { benchHeartbeats } from './bench.ts';
import { faultsOf, renderRun } from './verdict.ts';

interface CliOptions {
  target?: string;
  workers: string;
  minutes: string;
  interval: string;
  out: string;
}

const [EXIT_NOT_HELD, EXIT_USAGE, EXIT_HARNESS, EXIT_INTERRUPTED] = [1, 2, 3, 130];

const HELP = `
Each worker has a stake, a token and a connection of its own, and signs each heartbeat anew.

Exit code: 0 no miss and memory flat, 1 not so, 2 wrong usage, 3 fault of the bench or its environment, 130 interrupted.

Examples:
  $ npm run bench:heartbeats -- --workers 1000 --minutes 3
  $ npm run bench:heartbeats -- --workers 50 --minutes 0.5 --interval 5
`;

async function main(argv: readonly string[]): Promise<number> {
  const program = new Command('bench:heartbeats')
    .description('many workers beat against one master: misses, latency, memory of the master')
    .option('-t, --target <file>', 'target file of the implementation; the bundled reference when absent')
    .option('--workers <n>', 'how many workers', '1000')
    .option('--minutes <n>', 'how long they beat', '3')
    .option('--interval <seconds>', 'time between two heartbeats of a worker', '30')
    .option('--out <file>', 'where the figures go as JSON', 'reports/heartbeats.json')
    .addHelpText('after', HELP)
    .showHelpAfterError('(run it with --help for examples)')
    .exitOverride();
  try {
    program.parse([...argv]);
    return await run(program.opts<CliOptions>());
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    const hint = error instanceof SuiteError && error.hint ? `  next: ${error.hint}\n` : '';
    process.stderr.write(`error: ${describeError(error)}\n${hint}`);
    return error instanceof SuiteError ? error.exitCode : EXIT_HARNESS;
  }
}

async function run(cli: CliOptions): Promise<number> {
  const workers = positive('--workers', cli.workers, 10_000);
  if (!Number.isInteger(workers)) throw new UsageError(`--workers ${cli.workers} is not a whole number`);
  const durationMs = positive('--minutes', cli.minutes, 1_440) * 60_000;
  const intervalMs = positive('--interval', cli.interval, 3_600) * 1000;
  const target = cli.target ? await loadTarget(cli.target) : await loadBundled();
  const progress = createProgress();
  const interrupted = untilInterrupted();
  try {
    const { signal } = interrupted;
    const step = (line: string): void => progress.step(line);
    const result = await benchHeartbeats({ target, workers, durationMs, intervalMs, signal, step });
    progress.end();
    process.stdout.write(renderRun(result));
    await mkdir(dirname(cli.out), { recursive: true });
    await writeFile(cli.out, `${JSON.stringify(result, null, 2)}\n`);
    progress.line(`figures: ${cli.out}`);
    if (signal.aborted) return EXIT_INTERRUPTED;
    return faultsOf(result).length === 0 ? 0 : EXIT_NOT_HELD;
  } finally {
    interrupted.release();
  }
}

function positive(name: string, text: string, most: number): number {
  const value = Number(text);
  if (!(value > 0 && value <= most)) {
    throw new UsageError(`${name} ${text} is not a number above 0 and up to ${most}`);
  }
  return value;
}

process.exitCode = await main(process.argv);
