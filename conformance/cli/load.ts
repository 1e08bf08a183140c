import { appendFile } from 'node:fs/promises';
import { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { exitCode } from '../report/model.ts';
import { createRedactor } from '../report/redact.ts';
import { renderStepSummary } from '../report/step-summary.ts';
import { loadCatalogue } from '../requirements/catalogue.ts';
import { loadBundled } from '../target/bundled.ts';
import { loadTarget } from '../target/load.ts';
import { prepareLoad } from '../../loadtest/prepare.ts';
import { runLoad, type LoadOptions } from '../../loadtest/run-load.ts';
import { ENGINES, type EngineName } from '../../loadtest/scenarios/scenario.ts';
import { SCENARIOS } from '../../loadtest/scenarios/index.ts';
import { environmentOf, seedOf } from './arguments.ts';
import { untilInterrupted } from './interrupt.ts';
import { FORMATS, parseFormat, print, writeReports } from './output.ts';
import { createProgress } from './progress.ts';

interface LoadCliOptions {
  target?: string;
  scenario: string[];
  engine?: string;
  rate?: string;
  duration?: string;
  full?: boolean;
  prepare?: string;
  seed?: string;
  strict?: boolean;
  reportDir: string;
  format: string;
  env: string[];
}

export function loadCommand(): Command {
  return new Command('load')
    .description('put an implementation under load and judge it by the figures of the catalogue')
    .option('-t, --target <file>', 'target file of the implementation; the bundled reference without it')
    .option('-s, --scenario <names...>', 'only these scenarios', [])
    .option('--engine <name>', `${ENGINES.join(' or ')}; k6 where $K6 or PATH has one, unless told`)
    .option('--rate <n>', 'arrivals a second of each scenario’s main traffic')
    .option('--duration <seconds>', 'how long each scenario’s main traffic lasts')
    .option('--full', 'each figure at its full size: many minutes')
    .option(
      '--prepare <dir>',
      'write what one scenario’s k6 script reads, and keep the target up until Ctrl-C',
    )
    .option('--seed <n>', 'goes into the report')
    .option('--strict', 'a SHOULD that is broken fails the run')
    .option('--report-dir <dir>', 'where report.json, report.html and junit.xml go', 'reports')
    .option('-f, --format <name>', `what to print on standard output: ${FORMATS.join(', ')}`, 'summary')
    .option('--env <pairs...>', 'KEY=VALUE added to the environment of each part', [])
    .addHelpText('after', help())
    .action(load);
}

async function load(options: LoadCliOptions): Promise<void> {
  const engine = engineOf(options.engine);
  const rate = options.rate === undefined ? undefined : figure('--rate', options.rate, 0.1, 100_000);
  const seconds =
    options.duration === undefined ? undefined : figure('--duration', options.duration, 1, 3600);
  const seed = seedOf(options.seed);
  const format = parseFormat(options.format);
  const env = environmentOf(options.env);
  const target = options.target ? await loadTarget(options.target) : await loadBundled();
  const progress = createProgress();
  const interrupted = untilInterrupted();
  try {
    const wanted: LoadOptions = {
      target,
      scenarios: options.scenario.flatMap((names) => names.split(',')),
      engine,
      full: options.full ?? false,
      ...(rate !== undefined && { rate }),
      ...(seconds !== undefined && { seconds }),
      seed,
      strict: options.strict ?? false,
      env,
      signal: interrupted.signal,
      step: (text) => progress.step(text),
      line: (text) => progress.line(text),
    };
    if (options.prepare !== undefined) {
      const dir = options.prepare;
      await prepareLoad(wanted, dir, () => {
        progress.end();
        process.stdout.write(`DAAS_LOAD_INPUT=${dir}/input.json SSL_CERT_FILE=${dir}/ca.pem\n`);
        return interrupted.promise;
      });
      return;
    }
    const { report, secrets } = await runLoad(wanted);
    const redactor = createRedactor(secrets);
    const wording = { redactor, defects: (await loadCatalogue()).defects };
    const files = await writeReports(report, wording, options.reportDir);
    const stepSummary = process.env['GITHUB_STEP_SUMMARY'];
    if (stepSummary) await appendFile(stepSummary, renderStepSummary(report, redactor));
    progress.end();
    print(report, wording, format);
    progress.line(`reports: ${files.join(' ')}`);
    process.exitCode = exitCode(report.outcome);
  } finally {
    interrupted.release();
  }
}

function engineOf(name: string | undefined): EngineName | undefined {
  if (name === undefined) return undefined;
  const engine = ENGINES.find((one) => one === name);
  if (!engine)
    throw new UsageError(`there is no engine "${name}"`, { hint: `engines are ${ENGINES.join(', ')}` });
  return engine;
}

function figure(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || value < least || value > most)
    throw new UsageError(`${name} ${text} is not a number from ${least} to ${most}`);
  return value;
}

function help(): string {
  const width = Math.max(...SCENARIOS.map(({ name }) => name.length));
  const scenarios = SCENARIOS.map(
    ({ name, title, long }) => `  ${name.padEnd(width)}  ${title}${long ? ' (with --full, or by name)' : ''}`,
  );
  return `
Scenarios:
${scenarios.join('\n')}

Exit code: 0 every figure that was measured is held, 1 not, 2 wrong usage, 3 fault of the suite or its environment.

Examples:
  $ daas load                                          a short run, about a minute
  $ daas load --full --report-dir reports/load         each figure at its full size
  $ daas load --scenario replay-flood --duration 30    one scenario, longer
  $ daas load --target target.yaml --engine builtin
  $ K6=$(.ci/k6) daas load --engine k6 --scenario api-reads --rate 500
`;
}
