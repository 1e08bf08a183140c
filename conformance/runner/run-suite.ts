import { availableParallelism } from 'node:os';
import { HarnessError, TargetError, UsageError, describeError } from '../errors.ts';
import { pause } from '../drivers/wait.ts';
import { readJson } from '../paths.ts';
import { buildReport } from '../report/build.ts';
import type { CheckResult, Report } from '../report/model.ts';
import { loadCatalogue, type Profile, type Requirement } from '../requirements/catalogue.ts';
import type { ChainNode } from '../target/chain/index.ts';
import type { Check } from './check.ts';
import type { RunChecks } from './checks-run.ts';
import { findEquipment, type EquipmentFound } from './equipment.ts';
import { defaultProfiles } from './profiles.ts';
import { loadChecks } from './registry.ts';
import { startTarget, type AnyTarget, type RunningTarget } from './start-target.ts';
import { runChecks } from './vitest-run.ts';

export interface SuiteOptions {
  target: AnyTarget;
  /** Empty: those of the parts the target brings. */
  profiles: readonly Profile[];
  only: readonly string[];
  exclude: readonly string[];
  seed: number;
  repeat: number;
  strict: boolean;
  /** Environment added to each part of the target. */
  env: Record<string, string>;
  /** Leave the run's folder behind. */
  keep: boolean;
  signal: AbortSignal;
  /** What is happening, for a person. */
  step: (text: string) => void;
  onResult: (result: CheckResult, done: number, planned: number) => void;
  /** Ids of checks: others of the same requirements are left out. */
  checks?: readonly string[];
  /** By vitest unless told. */
  runChecks?: RunChecks;
  /** A chain that is up already and stays so, in place of what the target file asks for. */
  chain?: ChainNode;
}

const NO_EQUIPMENT: EquipmentFound = { present: new Set(), missing: [] };
/** Milliseconds that checks have to stop after an interruption. */
const STOP_MS = 5_000;

/** The report, and the secrets of the run, which no writer may let through. */
export interface SuiteResult {
  report: Report;
  secrets: readonly string[];
}

/**
 * Starts the target, runs the checks chosen and builds the report. A target that does not come up gives a report too, in
 * which everything is untestable. Throws UsageError for a selection that leaves nothing, HarnessError when the suite fails.
 */
export async function runSuite(options: SuiteOptions): Promise<SuiteResult> {
  const startedAt = new Date();
  const { file } = options.target;
  const [catalogue, checks, manifest] = await Promise.all([
    loadCatalogue(),
    loadChecks(),
    readJson('package.json'),
  ]);
  const unknown = checks.filter((check) => !catalogue.has(check.requirement));
  if (unknown.length > 0)
    throw new HarnessError(`checks of unknown requirements: ${unknown.map(({ id }) => id).join(', ')}`);
  const isCluster = 'kubernetes' in file;
  // An id asked for by name is taken whatever its profile is; of a cluster there is no more to see than its own profile.
  const named = options.profiles.length > 0 || (options.only.length > 0 && !isCluster);
  const profiles = named ? options.profiles : defaultProfiles(file);
  const selected = catalogue.select({ profiles, only: options.only, exclude: options.exclude });
  const equipment = isCluster ? NO_EQUIPMENT : await findEquipment(file);
  const planned = planFor(checks, selected).filter(
    (check) =>
      check.requires.every((name) => equipment.present.has(name)) &&
      (options.checks?.includes(check.id) ?? true),
  );
  if (planned.length === 0) {
    const lacking = equipment.missing.map(({ part, reason }) => ` (${part}: ${reason})`).join('');
    throw new UsageError(`no check is left by this selection${lacking}`, {
      hint: '`daas list` shows requirements and how many checks each has',
    });
  }
  const features = isCluster ? [] : (file.features ?? []);
  const claimed = new Set(features);
  const bound = new Set(
    selected.filter(({ feature }) => feature === undefined || claimed.has(feature)).map(({ id }) => id),
  );
  const { results, faults, missing, secrets } = await observe(options, planned, bound, equipment.missing);
  const report = buildReport({
    suite: { name: String(manifest['name']), version: String(manifest['version']) },
    target: {
      name: file.name,
      ...(file.version && { version: file.version }),
      ...(file.description && { description: file.description }),
      features,
      chain: isCluster ? 'none' : file.chain.provider,
    },
    seed: options.seed,
    repeat: options.repeat,
    strict: options.strict,
    startedAt,
    durationMs: Date.now() - startedAt.getTime(),
    environment: {
      node: process.version,
      platform: `${process.platform}-${process.arch}`,
      cores: availableParallelism(),
      missing,
    },
    ...(options.only.length + options.exclude.length > 0 && {
      selection: {
        only: options.only,
        exclude: options.exclude,
        omitted: catalogue.select({ profiles }).length - selected.length,
      },
    }),
    catalogue,
    selected,
    planned,
    results,
    faults,
  });
  return { report, secrets };
}

function planFor(checks: readonly Check[], selected: readonly Requirement[]): Check[] {
  const profileOf = new Map(selected.map(({ id, profile }) => [id, profile]));
  return checks.filter(({ requirement, beyondKubernetes }) => {
    const profile = profileOf.get(requirement);
    return profile !== undefined && !(beyondKubernetes && profile === 'kubernetes-api');
  });
}

async function observe(
  options: SuiteOptions,
  planned: readonly Check[],
  bound: ReadonlySet<string>,
  missing: { part: string; reason: string }[],
) {
  const skipped = planned
    .filter((check) => !bound.has(check.requirement))
    .map((check) => settled(check, 'skip', 'the feature is not claimed'));
  const running = planned.filter((check) => bound.has(check.requirement));
  let world: RunningTarget;
  try {
    world = await startTarget({
      target: options.target,
      seed: options.seed,
      strict: options.strict,
      progress: options.step,
      env: options.env,
      signal: options.signal,
      keep: options.keep,
      ...(options.chain && { chain: options.chain }),
    });
  } catch (error) {
    if (options.signal.aborted) throw new HarnessError('interrupted');
    if (!(error instanceof TargetError)) throw error;
    const reason = `the target did not come up: ${describeError(error)}${error.hint ? ` (${error.hint})` : ''}`;
    missing.push({ part: 'target', reason });
    return {
      results: [...skipped, ...running.map((check) => settled(check, 'untestable', reason))],
      faults: [],
      missing,
      secrets: [],
    };
  }
  await using _world = world;
  options.step(`running ${running.length} checks`);
  let done = 0;
  const work = (options.runChecks ?? runChecks)({
    world: world.info,
    checks: running,
    repeat: options.repeat,
    signal: options.signal,
    onResult: (result) => options.onResult(result, (done += 1), running.length),
  });
  const { results, faults } = await Promise.race([work, aborted(options.signal)]).finally(() =>
    // Checks that go on would work against a target that is being cleaned up.
    Promise.race([work.catch(() => undefined), pause(STOP_MS)]),
  );
  if (options.keep && world.runDir !== undefined) options.step(`the run's folder is ${world.runDir}`);
  // A target that fails may well throw the suite off as well; a suite that fails alone says nothing about the target.
  if (faults.length > 0 && !results.some(({ verdict }) => verdict === 'fail'))
    throw new HarnessError(`the checks could not be run:\n${faults.join('\n')}`);
  return { results: [...skipped, ...results], faults, missing, secrets: world.secrets };
}

function settled(check: Check, verdict: 'skip' | 'untestable', message: string): CheckResult {
  return {
    id: check.id,
    title: check.title,
    verdict,
    duration_ms: 0,
    message,
    exchanges: [],
    mutants: check.mutants,
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = (): void => reject(new HarnessError('interrupted'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
}
