import { availableParallelism, cpus, totalmem } from 'node:os';
import { HarnessError, TargetError, UsageError, describeError } from '../conformance/errors.ts';
import { readJson } from '../conformance/paths.ts';
import { buildReport } from '../conformance/report/build.ts';
import type { LoadScenario, Report } from '../conformance/report/model.ts';
import { loadCatalogue } from '../conformance/requirements/catalogue.ts';
import type { LoadedTarget } from '../conformance/target/load.ts';
import { playBuiltin } from './engine/builtin.ts';
import { GeneratorLag } from './engine/generator-lag.ts';
import { cpuUsed, type Sampler } from './engine/sampler.ts';
import type { TrafficPlan, TrafficResult } from './engine/traffic.ts';
import { judgeAll, problemsOf, type Played } from './judge.ts';
import { findK6 } from './k6-engine/find.ts';
import { playK6 } from './k6-engine/play.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { scaleOf, type EngineName, type Measure, type Scenario } from './scenarios/scenario.ts';
import { Stage } from './stage.ts';

export interface LoadOptions {
  target: LoadedTarget;
  /** Names; empty for all, the long ones only with `full`. */
  scenarios: readonly string[];
  /** k6 where there is one and the scenario has a script, unless told. */
  engine: EngineName | undefined;
  full: boolean;
  /** Of each scenario's main traffic, in place of its own. */
  rate?: number;
  seconds?: number;
  seed: number;
  strict: boolean;
  env: Record<string, string>;
  signal: AbortSignal;
  step: (text: string) => void;
  line: (text: string) => void;
}

export interface LoadResult {
  report: Report;
  secrets: readonly string[];
}

/**
 * Below these heartbeats of workers are counted as lost long before a pool of them has been sent, and the thousands of an earlier
 * scenario, which are gone, become offline in the midst of a later one.
 */
const TIMINGS = { heartbeat_interval_seconds: 30, offline_after_seconds: 1800, request_ttl_seconds: 300 };

/**
 * Starts the target, plays the scenarios one after the other and builds the report: a verdict for each figure that was
 * measured. Throws UsageError for unknown names, HarnessError when interrupted; a scenario that breaks off is a problem
 * of the report.
 */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const startedAt = new Date();
  const chosen = chooseScenarios(options);
  const k6 = options.engine === 'builtin' ? undefined : await findK6();
  if (options.engine === 'k6' && !k6)
    throw new UsageError('there is no k6 on PATH, and K6 names none', {
      hint: 'run K6=$(.ci/k6), or leave --engine out to use the built-in engine',
    });
  const [catalogue, manifest] = await Promise.all([loadCatalogue(), readJson('package.json')]);
  const played: Played[] = [];
  const shown: LoadScenario[] = [];
  let secrets: readonly string[] = [];
  try {
    await using stage = await Stage.start({ ...options, target: quietTarget(options.target) });
    secrets = stage.world.secrets;
    for (const [index, scenario] of chosen.entries()) {
      if (options.signal.aborted) throw new HarnessError('interrupted');
      options.step(`${index + 1}/${chosen.length} ${scenario.name}: ${scenario.title}`);
      const one = await playScenario(stage, scenario, options, k6);
      if (options.signal.aborted) throw new HarnessError('interrupted');
      played.push(one.played);
      if (one.shown) shown.push(one.shown);
      options.line(lineOf(one.played, one.shown));
    }
  } catch (error) {
    if (options.signal.aborted) throw new HarnessError('interrupted');
    if (!(error instanceof TargetError)) throw error;
    played.push({ scenario: 'start', durationMs: 0, measures: [], failure: error });
  }
  const selected = catalogue.select({ profiles: ['load'] });
  const { planned, results } = judgeAll(selected, played);
  const { file } = options.target;
  const report = buildReport({
    suite: { name: String(manifest['name']), version: String(manifest['version']) },
    target: {
      name: file.name,
      ...(file.version && { version: file.version }),
      ...(file.description && { description: file.description }),
      features: file.features ?? [],
      chain: file.chain.provider,
    },
    seed: options.seed,
    repeat: 1,
    strict: options.strict,
    startedAt,
    durationMs: Date.now() - startedAt.getTime(),
    environment: {
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      cores: availableParallelism(),
      missing: k6 ? [] : [{ part: 'k6', reason: missingK6(options.engine) }],
    },
    catalogue,
    selected,
    planned,
    results,
    faults: problemsOf(played),
  });
  return {
    report: { ...report, load: { machine: machine(), full: options.full, scenarios: shown } },
    secrets,
  };
}

/**
 * The scenarios of these names, else all that are not too long and whose feature the target claims. Throws UsageError for one
 * that there is not, or that is not for this target.
 */
export function chooseScenarios({
  scenarios: names,
  full,
  target,
}: Pick<LoadOptions, 'scenarios' | 'full'> & {
  target: { file: { features?: string[] } };
}): readonly Scenario[] {
  const unknown = names.find((name) => !SCENARIOS.some((scenario) => scenario.name === name));
  if (unknown !== undefined)
    throw new UsageError(`there is no scenario "${unknown}"`, {
      hint: `scenarios are ${SCENARIOS.map(({ name }) => name).join(', ')}`,
    });
  const claimed = ({ feature }: Scenario): boolean =>
    feature === undefined || target.file.features?.includes(feature) === true;
  if (names.length === 0) return SCENARIOS.filter((one) => (full || !one.long) && claimed(one));
  const named = SCENARIOS.filter(({ name }) => names.includes(name));
  const unclaimed = named.find((one) => !claimed(one));
  if (unclaimed)
    throw new UsageError(
      `the scenario ${unclaimed.name} is for targets with the feature ${unclaimed.feature}`,
      {
        hint: 'claim it under features in the target file, or leave the scenario out',
      },
    );
  return named;
}

function missingK6(engine: EngineName | undefined): string {
  return engine === 'builtin'
    ? 'not asked for'
    : 'not on PATH, and K6 names none: the built-in engine was used';
}

/** The engine asked for where the scenario has it, else the scenario's preferred one of those that are there. */
export function engineFor(scenario: Scenario, asked: EngineName | undefined, k6: boolean): EngineName {
  const there = scenario.engines.filter((engine) => engine === 'builtin' || k6);
  if (asked !== undefined && there.includes(asked)) return asked;
  return there[0] ?? 'builtin';
}

async function playScenario(
  stage: Stage,
  scenario: Scenario,
  options: LoadOptions,
  k6: string | undefined,
): Promise<{ played: Played; shown?: LoadScenario }> {
  const began = Date.now();
  const engine = engineFor(scenario, options.engine, k6 !== undefined);
  const play = (plan: TrafficPlan): Promise<TrafficResult[]> =>
    engine === 'k6' && k6
      ? playK6(plan, {
          k6,
          script: scenario.name,
          figureOf: (metric) => stage.figure(metric),
          signal: options.signal,
        })
      : playBuiltin(plan, { signal: options.signal });
  try {
    using lag = new GeneratorLag();
    const sampler = await stage.sampler();
    const outcome = await scenario
      .run(stage, scaleOf(options), play)
      .finally(() => sampler[Symbol.asyncDispose]());
    const measures = outcome.measures.map((measure) => unlessStarved(measure, stage, lag.p99Ms));
    return {
      played: { scenario: scenario.name, durationMs: Date.now() - began, measures },
      shown: {
        name: scenario.name,
        title: scenario.title,
        engine,
        traffics: outcome.traffics,
        ...usageShown(sampler, stage, outcome.traffics),
        generator_lag_ms: Math.round(lag.p99Ms * 10) / 10,
        notes: outcome.notes ?? [],
      },
    };
  } catch (failure) {
    if (failure instanceof UsageError) throw failure;
    return { played: { scenario: scenario.name, durationMs: Date.now() - began, measures: [], failure } };
  }
}

/**
 * A latency by which this process was late itself, whether it sends or k6 beside it, says nothing of the server: neither that it holds nor that it
 * does not.
 */
function unlessStarved(measure: Measure, stage: Stage, lagMs: number): Measure {
  const { unit, value } = stage.figure(measure.metric);
  if (unit !== 'ms' || lagMs < value || measure.untestable !== undefined) return measure;
  const cores = availableParallelism();
  return {
    ...measure,
    untestable: `timers of the generating side were ${Math.round(lagMs)} ms late at p99: ${cores} cores do not carry it beside the server at this rate, with whatever else runs here`,
  };
}

/** Answers of any status: what was never answered cost the server little. */
function answersIn(statuses: TrafficResult['statuses']): number {
  return Object.entries(statuses).reduce((sum, [status, count]) => (status === '0' ? sum : sum + count), 0);
}

function usageShown(sampler: Sampler, stage: Stage, traffics: readonly TrafficResult[]) {
  const requests = traffics.reduce((sum, { statuses }) => sum + answersIn(statuses), 0);
  const parts = [...stage.pids.keys()];
  const cpu = parts.flatMap((part) => {
    const used = cpuUsed(sampler.samplesOf(part));
    return used === undefined || requests === 0 ? [] : [[part, Math.round((used / requests) * 1e6) / 1000]];
  });
  return {
    cpu_ms_per_request: Object.fromEntries(cpu) as Record<string, number>,
    memory: parts.flatMap((part) =>
      sampler.samplesOf(part).map(({ second, residentMb }) => ({ part, second, mb: residentMb })),
    ),
  };
}

function lineOf({ scenario, measures, failure }: Played, shown: LoadScenario | undefined): string {
  if (failure !== undefined) return `${scenario.padEnd(20)} broke off: ${describeError(failure)}`;
  const said = (shown?.traffics ?? []).map(
    ({ title, per_second, p99_ms, failed }) =>
      `${title} ${per_second}/s, p99 ${p99_ms ?? '-'} ms${failed > 0 ? `, ${failed} failed` : ''}`,
  );
  const others = measures.map(({ metric, value }) => `${metric} ${value ?? '-'}`);
  return `${scenario.padEnd(20)} ${[...said, ...others].join('; ') || (shown?.notes.join('; ') ?? '')}`;
}

/** A part that the suite configures gets the pace of real workers, not the quick one of checks. */
export function quietTarget(target: LoadedTarget): LoadedTarget {
  return { ...target, file: { ...target.file, timings: { ...target.file.timings, ...TIMINGS } } };
}

function machine(): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${availableParallelism()} cores of ${model}, ${gigabytes} GiB of memory, shared by servers, chain and load generator`;
}
