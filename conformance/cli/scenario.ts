import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { EXIT_CODES, outcomeOf, SCENARIO_REPORT_VERSION } from '../../scenarios/model.ts';
import type { ScenarioReport, ScenarioResult } from '../../scenarios/model.ts';
import { play } from '../../scenarios/play.ts';
import { PROVIDERS, providerOf } from '../../scenarios/providers/index.ts';
import { renderScenarios } from '../../scenarios/report/html.ts';
import { loadScenarios, readScenario, type Scenario } from '../../scenarios/scenario.ts';
import { STEPS } from '../../scenarios/steps/index.ts';
import { UsageError } from '../errors.ts';
import { readJson } from '../paths.ts';
import { duration } from '../report/words.ts';
import { loadBundled } from '../target/bundled.ts';
import { loadTarget } from '../target/load.ts';
import { environmentOf, seedOf } from './arguments.ts';
import { untilInterrupted } from './interrupt.ts';
import { createProgress, type Progress } from './progress.ts';

interface RunOptions {
  target?: string;
  provider: string;
  kubeconfig?: string;
  seed?: string;
  keep?: boolean;
  reportDir: string;
  env: string[];
  json?: boolean;
}

/** `daas scenario list` and `daas scenario run`. */
export function scenarioCommand(): Command {
  const command = new Command('scenario').description(
    'play scenarios through all parts, from kubectl to worker',
  );
  command
    .command('list')
    .description('the scenarios, or the kinds of steps they are made of')
    .option('--steps', 'kinds of steps, with their fields')
    .option('--json', 'as JSON')
    .action(list);
  command
    .command('run')
    .description('play scenarios, all of them unless named, each on a system of its own')
    .argument('[names...]', 'which ones; * stands for anything; a path that ends in .yaml is one of your own')
    .option('-t, --target <file>', 'target file of the implementation')
    .option(
      '--provider <name>',
      `where the parts run: ${PROVIDERS.map(({ name }) => name).join(', ')}`,
      'embedded',
    )
    .option('--kubeconfig <file>', 'cluster behind the master, for the provider kubeconfig; else KUBECONFIG')
    .option('--seed <n>', 'seed of everything random; printed, so that a run can be repeated')
    .option('--keep', 'leave the folders of the runs, with configuration and logs, behind')
    .option('--report-dir <dir>', 'where scenarios.json and scenarios.html go', 'reports')
    .option('--env <pairs...>', 'KEY=VALUE added to the environment of each part', [])
    .option('--json', 'print the report as JSON on standard output')
    .addHelpText('after', HELP)
    .action(run);
  return command;
}

async function list(options: { steps?: boolean; json?: boolean }): Promise<void> {
  if (options.steps) {
    const steps = STEPS.map(({ name, about, params, needs }) => ({
      name,
      about,
      fields: Object.keys(params.shape),
      needs,
    }));
    const lines = steps.map(
      ({ name, about, fields }) => `${name.padEnd(18)} ${about}\n${' '.repeat(19)}${fields.join(', ')}`,
    );
    process.stdout.write(options.json ? `${JSON.stringify(steps, null, 2)}\n` : `${lines.join('\n')}\n`);
    return;
  }
  const scenarios = await loadScenarios();
  const rows = scenarios.map(({ name, title, requirements, needs, mutants, steps }) => ({
    name,
    title,
    requirements,
    needs,
    mutants,
    steps: steps.length,
  }));
  const width = Math.max(...rows.map(({ name }) => name.length));
  const lines = rows.map(
    ({ name, title, steps }) => `${name.padEnd(width)}  ${String(steps).padStart(2)} steps  ${title}`,
  );
  process.stdout.write(options.json ? `${JSON.stringify(rows, null, 2)}\n` : `${lines.join('\n')}\n`);
}

async function run(names: string[], options: RunOptions): Promise<void> {
  const seed = seedOf(options.seed);
  const own = names.filter((name) => name.endsWith('.yaml'));
  const named = names.filter((name) => !own.includes(name));
  const chosen = [
    ...(await Promise.all(own.map(readScenario))),
    ...(names.length > 0 && named.length === 0 ? [] : choose(await loadScenarios(), named)),
  ];
  const provider = providerOf(options.provider);
  const target = options.target ? await loadTarget(options.target) : await loadBundled();
  const env = environmentOf(options.env);
  const { name, version } = await readJson('package.json');
  const progress = createProgress();
  const interrupted = untilInterrupted();
  const startedAt = new Date();
  const results: ScenarioResult[] = [];
  try {
    progress.line(`${target.file.name}, provider ${provider.name}, seed ${seed}`);
    for (const scenario of chosen) {
      if (interrupted.signal.aborted) break;
      progress.line(`\n${scenario.name}: ${scenario.title}`);
      const result = await play(scenario, {
        target,
        provider,
        seed,
        env,
        keep: options.keep ?? false,
        kubeconfig: options.kubeconfig,
        signal: interrupted.signal,
        progress: (line) => progress.step(`  … ${line}`),
        onStep: (_, index, said) => progress.step(`  … ${index + 1}/${scenario.steps.length} ${said}`),
        onStepDone: (_, index, step) => {
          const sign = step.verdict === 'pass' ? '✓' : '✕';
          progress.line(
            `  ${sign} ${index + 1}/${scenario.steps.length} ${step.said} (${duration(step.duration_ms)})`,
          );
        },
      });
      results.push(result);
      tell(progress, result);
    }
    const report: ScenarioReport = {
      schema_version: SCENARIO_REPORT_VERSION,
      suite: { name: String(name), version: String(version) },
      target: target.file.name,
      provider: provider.name,
      lacking: [
        ...new Set(results.flatMap((one) => (one.verdict === 'untestable' ? [one.reason ?? ''] : []))),
      ],
      started_at: startedAt.toISOString(),
      duration_ms: Date.now() - startedAt.getTime(),
      seed,
      outcome: interrupted.signal.aborted ? 'harness_error' : outcomeOf(results),
      scenarios: results,
    };
    await writeReports(report, options.reportDir, progress);
    process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : summary(report));
    process.exitCode = EXIT_CODES[report.outcome];
  } finally {
    interrupted.release();
  }
}

function tell(progress: Progress, result: ScenarioResult): void {
  const { verdict, reason, duration_ms: ms, kept } = result;
  progress.line(
    `  ${verdict} in ${duration(ms)}${reason ? `: ${reason}` : ''}${kept ? `\n  kept ${kept}` : ''}`,
  );
}

async function writeReports(report: ScenarioReport, dir: string, progress: Progress): Promise<void> {
  await mkdir(dir, { recursive: true });
  const files = {
    'scenarios.json': `${JSON.stringify(report, null, 2)}\n`,
    'scenarios.html': renderScenarios(report),
  };
  for (const [file, text] of Object.entries(files)) await writeFile(join(dir, file), text);
  progress.line(
    `\nreports: ${Object.keys(files)
      .map((file) => join(dir, file))
      .join(' ')}`,
  );
}

function summary({ scenarios, provider, seed, duration_ms: ms }: ScenarioReport): string {
  const width = Math.max(0, ...scenarios.map(({ name }) => name.length));
  const rows = scenarios.map(
    ({ name, verdict, duration_ms, evidence, reason }) =>
      `${name.padEnd(width)}  ${verdict.padEnd(13)}  ${duration(duration_ms).padStart(7)}  ${String(evidence.length).padStart(2)} requests followed${reason ? `  ${reason.split('\n')[0]?.slice(0, 160)}` : ''}`,
  );
  const passed = scenarios.filter(({ verdict }) => verdict === 'pass').length;
  return `${[...rows, `${passed} of ${scenarios.length} scenarios passed, provider ${provider}, seed ${seed}, ${duration(ms)}`].join('\n')}\n`;
}

function choose(all: readonly Scenario[], names: readonly string[]): readonly Scenario[] {
  if (names.length === 0) return all;
  return names.flatMap((wanted) => {
    const pattern = new RegExp(`^${wanted.replaceAll(/[^\w*-]/g, '').replaceAll('*', '.*')}$`);
    const found = all.filter(({ name }) => pattern.test(name));
    if (found.length > 0) return found;
    throw new UsageError(`there is no scenario ${wanted}`, {
      hint: `scenarios are ${all.map(({ name }) => name).join(', ')}`,
    });
  });
}

const HELP = `
Exit code: 0 all passed, 1 not all, 2 wrong usage, 3 fault of the suite or its environment.

Examples:
  $ daas scenario run
  $ daas scenario run pod-creation 'master-*' --seed 7 --keep
  $ daas scenario run --target target.yaml
  $ daas scenario run my-scenario.yaml --provider kubeconfig --kubeconfig ~/.kube/staging
  $ K3S_IMAGE=rancher/k3s:v1.34.1-k3s1 daas scenario run --provider k3s
`;
