import { createHash } from 'node:crypto';
import { HarnessError, TargetError, describeError } from '../conformance/errors.ts';
import { createRedactor } from '../conformance/report/redact.ts';
import { CheckContext, Session } from '../conformance/runner/context.ts';
import { plain } from '../conformance/runner/evidence.ts';
import { CheckFailure, Untestable } from '../conformance/runner/outcome.ts';
import type { LoadedTarget } from '../conformance/target/load.ts';
import { fill } from '../conformance/target/template.ts';
import { World } from '../conformance/target/world.ts';
import { logsOf, momentsOf } from './gather.ts';
import type { ScenarioResult, ScenarioVerdict, StepResult } from './model.ts';
import type { Provided, Provider } from './providers/provider.ts';
import type { PlannedStep, Scenario } from './scenario.ts';
import { Stage } from './stage.ts';
import { CAPABILITIES } from './step.ts';

export interface PlayOptions {
  target: LoadedTarget;
  provider: Provider;
  seed: number;
  /** Environment added to each part. */
  env: Record<string, string>;
  keep: boolean;
  /** Path of a kubeconfig, for a provider that needs one. */
  kubeconfig?: string | undefined;
  signal: AbortSignal;
  progress: (line: string) => void;
  /** A step begins; `total` are the steps of the scenario. */
  onStep: (scenario: Scenario, index: number, said: string) => void;
  /** A step ended. */
  onStepDone: (scenario: Scenario, index: number, result: StepResult) => void;
}

const EXCHANGES_KEPT = 30;

/** Plays one scenario on a system of its own. Never rejects: what went wrong is in the result. */
export async function play(scenario: Scenario, options: PlayOptions): Promise<ScenarioResult> {
  const began = Date.now();
  const seed = seedOf(options.seed, scenario.name);
  const { name, title, requirements } = scenario;
  const told = { name, title, requirements, seed };
  const nothing = { steps: notRun(scenario, 0), evidence: [], moments: [] };
  let played: ScenarioResult | undefined;
  try {
    await using provided = await options.provider.start(options);
    const lacking = scenario.needs.filter((need) => !provided.capabilities.has(need));
    if (lacking.length > 0) {
      const reason = lacking
        .map((need) => `it needs ${CAPABILITIES[need]}${because(provided.lacking[need])}`)
        .join('; ');
      return { ...told, ...nothing, ...on(provided), verdict: 'untestable', reason, duration_ms: 0 };
    }
    const world = await World.start({
      target: provided.target,
      seed,
      strict: false,
      progress: options.progress,
      env: options.env,
      signal: options.signal,
      keep: options.keep,
      ...provided.worldOptions,
    });
    await using _world = world;
    played = { ...told, ...on(provided), ...(await playOn(scenario, world, provided, options, seed, began)) };
  } catch (error) {
    // What went wrong first is what is told.
    if (played && played.verdict !== 'pass') return played;
    const verdict = error instanceof TargetError ? 'fail' : 'harness_error';
    const message = `the system did not come up or down: ${describeError(error)}`;
    const reason = error instanceof HarnessError && error.hint ? `${message} (${error.hint})` : message;
    return { ...told, ...nothing, verdict, reason, duration_ms: Date.now() - began };
  }
  return played;
}

const on = ({ cluster }: Provided): { cluster?: string } => (cluster === undefined ? {} : { cluster });

type Played = Omit<ScenarioResult, 'name' | 'title' | 'requirements' | 'seed'>;

async function playOn(
  scenario: Scenario,
  world: World,
  provided: Provided,
  options: PlayOptions,
  seed: number,
  began: number,
): Promise<Played> {
  const late = AbortSignal.timeout(scenario.timeoutMs);
  const signal = AbortSignal.any([late, options.signal]);
  await using session = new Session(world.info);
  const t = new CheckContext(session, seed, signal);
  const stage = new Stage(t, world, provided.faults(world), provided.othersNodes);
  const steps: StepResult[] = [];
  let verdict: ScenarioVerdict = 'pass';
  let reason: string | undefined;
  for (const [index, planned] of scenario.steps.entries()) {
    const said = words(planned, stage);
    options.onStep(scenario, index, said);
    const { result, untestable } = await playStep(planned, said, stage, signal, began);
    steps.push(result);
    options.onStepDone(scenario, index, result);
    if (result.verdict === 'pass') continue;
    verdict = untestable ? 'untestable' : result.verdict === 'fail' ? 'fail' : 'harness_error';
    reason = `step ${index + 1} (${said}): ${result.message}`;
    break;
  }
  provided.made?.(stage.made());
  const moments = await momentsOf(t, began).catch(() => []);
  const redactor = createRedactor(world.secrets);
  const failed = verdict !== 'pass' && verdict !== 'untestable';
  const logs = failed ? await logsOf(world, stage, redactor) : undefined;
  await t[Symbol.asyncDispose]().catch((error: unknown) => {
    if (verdict !== 'pass') return;
    verdict = 'harness_error';
    reason = `putting things back failed: ${describeError(error)}`;
  });
  const exchanges = t.exchanges.slice(-EXCHANGES_KEPT).map((one) => ({ ...one, at_ms: one.at_ms - began }));
  return redactor.value({
    verdict,
    ...(reason !== undefined && { reason }),
    duration_ms: Date.now() - began,
    steps: [...steps, ...notRun(scenario, steps.length, stage)],
    evidence: stage.evidence,
    moments,
    ...(logs && { logs, exchanges }),
    ...(options.keep && { kept: world.runDir }),
  });
}

async function playStep(
  { step, params }: PlannedStep,
  said: string,
  stage: Stage,
  signal: AbortSignal,
  began: number,
): Promise<{ result: StepResult; untestable: boolean }> {
  const started = Date.now();
  stage.notes = [];
  let error: unknown;
  try {
    await before(signal, step.run(stage, filled(params, stage)));
  } catch (thrown) {
    error = thrown;
  }
  const result: StepResult = {
    step: step.name,
    said,
    verdict: error === undefined ? 'pass' : isTargets(error) ? 'fail' : 'harness_error',
    at_ms: started - began,
    duration_ms: Date.now() - started,
    notes: stage.notes,
    ...(error !== undefined && { message: describeError(error) }),
    ...(error instanceof CheckFailure && {
      ...('wanted' in error.evidence && { wanted: plain(error.evidence.wanted) }),
      ...('got' in error.evidence && { got: plain(error.evidence.got) }),
    }),
  };
  return { result, untestable: error instanceof Untestable };
}

const isTargets = (error: unknown): boolean => error instanceof CheckFailure || error instanceof TargetError;

/** The step's end, or the scenario's: a step that ignores the signal does not hold it up. */
async function before(signal: AbortSignal, work: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(new CheckFailure('the scenario’s time was over', {}));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** The parameters with the values of their placeholders. */
function filled(params: Readonly<Record<string, unknown>>, stage: Stage): Record<string, unknown> {
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return fill(value, stage.values, 'a step');
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, walk(one)]));
  };
  return walk(params) as Record<string, unknown>;
}

function words({ step, params }: PlannedStep, stage?: Stage): string {
  try {
    return step.say(stage ? filled(params, stage) : { ...params });
  } catch {
    return step.say({ ...params });
  }
}

function notRun(scenario: Scenario, from: number, stage?: Stage): StepResult[] {
  return scenario.steps.slice(from).map((planned) => ({
    step: planned.step.name,
    said: words(planned, stage),
    verdict: 'not_run',
    at_ms: 0,
    duration_ms: 0,
    notes: [],
  }));
}

const because = (reason: string | undefined): string => (reason === undefined ? '' : ` (${reason})`);

/** A scenario's own seed: the same in every run with the same run seed, whatever else is played. */
function seedOf(runSeed: number, name: string): number {
  return createHash('sha256').update(`${runSeed}/${name}`).digest().readUInt32BE() & 0x7fffffff;
}
