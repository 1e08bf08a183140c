import { appendFile, readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { exitCode } from '../report/model.ts';
import { applyBaseline, parseBaseline } from '../report/baseline.ts';
import { createRedactor } from '../report/redact.ts';
import { renderStepSummary } from '../report/step-summary.ts';
import { loadCatalogue } from '../requirements/catalogue.ts';
import { parseProfiles } from '../runner/profiles.ts';
import { runSuite } from '../runner/run-suite.ts';
import { loadBundled } from '../target/bundled.ts';
import { loadAnyTarget } from '../target/load.ts';
import { environmentOf, natural, seedOf } from './arguments.ts';
import { FORMATS, parseFormat, print, writeReports } from './output.ts';
import { createProgress } from './progress.ts';
import { untilInterrupted } from './interrupt.ts';

interface RunCliOptions {
  target?: string;
  profile: string[];
  only: string[];
  exclude: string[];
  seed?: string;
  repeat: string;
  strict?: boolean;
  baseline?: string;
  reportDir: string;
  format: string;
  env: string[];
  keep?: boolean;
}

export function runCommand(): Command {
  return new Command('run')
    .description('check an implementation and write reports; without --target the bundled reference')
    .option('-t, --target <file>', 'target file of the implementation')
    .option(
      '-p, --profile <names...>',
      'only these profiles: contracts gateway master worker security end-to-end kubernetes-api load',
      [],
    )
    .option('--only <ids...>', 'only these requirements or areas; * stands for anything', [])
    .option('--exclude <ids...>', 'not these requirements or areas', [])
    .option('--seed <n>', 'seed of everything random; printed, so that a run can be repeated')
    .option('--repeat <n>', 'run each check so many times and count disagreements', '1')
    .option('--strict', 'a SHOULD that is broken fails the run')
    .option('--baseline <file>', 'YAML list of expected failures; stale entries fail the run')
    .option('--report-dir <dir>', 'where report.json, report.html and junit.xml go', 'reports')
    .option('-f, --format <name>', `what to print on standard output: ${FORMATS.join(', ')}`, 'summary')
    .option('--env <pairs...>', 'KEY=VALUE added to the environment of each part', [])
    .option('--keep', 'leave the run’s folder, with configuration and logs, behind')
    .addHelpText('after', HELP)
    .action(run);
}

async function run(options: RunCliOptions): Promise<void> {
  const seed = seedOf(options.seed);
  const repeat = natural('--repeat', options.repeat, 1, 1000);
  const format = parseFormat(options.format);
  const profiles = parseProfiles(options.profile);
  const env = environmentOf(options.env);
  const target = options.target ? await loadAnyTarget(options.target) : await loadBundled();
  const baseline = options.baseline
    ? parseBaseline(options.baseline, await readBaseline(options.baseline))
    : undefined;
  const progress = createProgress();
  const interrupted = untilInterrupted();
  try {
    progress.line(`${target.file.name}, seed ${seed}`);
    const { report, secrets } = await runSuite({
      target,
      profiles,
      only: options.only,
      exclude: options.exclude,
      seed,
      repeat,
      strict: options.strict ?? false,
      env,
      keep: options.keep ?? false,
      signal: interrupted.signal,
      step: (text) => progress.step(text),
      onResult: (result, done, planned) => {
        if (result.verdict === 'pass') progress.step(`${done}/${planned} ${result.id}`);
        else progress.line(`${result.verdict.padEnd(13)} ${result.id}: ${result.title}`);
      },
    });
    const catalogue = await loadCatalogue();
    const judged = baseline
      ? applyBaseline(report, baseline, { today: new Date(), knows: (id) => catalogue.has(id) })
      : report;
    const redactor = createRedactor(secrets);
    const wording = { redactor, defects: catalogue.defects };
    const files = await writeReports(judged, wording, options.reportDir);
    const stepSummary = process.env['GITHUB_STEP_SUMMARY'];
    if (stepSummary) await appendFile(stepSummary, renderStepSummary(judged, redactor));
    progress.end();
    print(judged, wording, format);
    progress.line(`reports: ${files.join(' ')}`);
    process.exitCode = exitCode(judged.outcome);
  } finally {
    interrupted.release();
  }
}

async function readBaseline(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`cannot read the baseline ${path}`, { cause });
  });
}

const HELP = `
Exit code: 0 conformant, 1 not conformant, 2 wrong usage, 3 fault of the suite or its environment.

Examples:
  $ daas run
  $ daas run --target target.yaml --profile gateway,security --strict
  $ daas run --target target.yaml --only GW-AUTH-001 --seed 42 --keep
  $ daas run --target target.yaml --baseline known-failures.yaml --format json > report.json
`;
