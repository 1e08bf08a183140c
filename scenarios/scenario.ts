import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../conformance/errors.ts';
import { PACKAGE_ROOT } from '../conformance/paths.ts';
import { parseYaml, type YamlSource } from '../conformance/requirements/yaml-source.ts';
import { CAPABILITIES, type Capability, type Kind, type Step } from './step.ts';
import { STEPS } from './steps/index.ts';

/** One step of a scenario, checked. */
export interface PlannedStep {
  readonly step: Step;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A scenario as its file tells it. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** Requirements that it plays through. */
  readonly requirements: readonly string[];
  /** Mutants of the reference that it fails on. */
  readonly mutants: readonly string[];
  /** What the scenario and its steps need. */
  readonly needs: readonly Capability[];
  readonly timeoutMs: number;
  readonly steps: readonly PlannedStep[];
}

type Path = readonly (string | number)[];

const capability = z.enum(Object.keys(CAPABILITIES) as [Capability, ...Capability[]]);
const header = z.strictObject({
  title: z.string().min(8),
  requirements: z.array(z.string().regex(/^[A-Z0-9]+(-[A-Z0-9]+)+$/, 'the id of a requirement')).default([]),
  mutants: z.array(z.string().regex(/^[a-z0-9-]+$/)).default([]),
  needs: z.array(capability).default([]),
  timeout_seconds: z.number().int().min(5).max(600).default(90),
  steps: z.array(z.record(z.string(), z.unknown())).min(1),
});

/** Folder of the scenario files. */
export const SCENARIOS = join(PACKAGE_ROOT, 'scenarios');

/** Every scenario there is, by name. Throws UsageError for files that are wrong. */
export async function loadScenarios(folder = SCENARIOS): Promise<readonly Scenario[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).toSorted();
  return Promise.all(
    names.map(async (file) => parseScenario(await readFile(join(folder, file), 'utf8'), file)),
  );
}

/** One scenario from a file of the user's. Throws UsageError. */
export async function readScenario(path: string): Promise<Scenario> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UsageError(`the scenario ${path} cannot be read`, { cause });
  });
  return parseScenario(text, path);
}

/**
 * Parses the text of a scenario; its file's name, without the ending, is its own. Throws UsageError that lists each fault
 * as `file:line:column: what to write instead`.
 */
export function parseScenario(text: string, file: string): Scenario {
  const source = parseYaml(file, text);
  if (source.problems.length > 0) throw faulty(source.problems);
  const parsed = header.safeParse(source.value);
  if (!parsed.success) throw faulty(faultsOf(parsed.error, source, []));
  const { steps: raw, needs, timeout_seconds: seconds, ...rest } = parsed.data;
  const faults: string[] = [];
  const made = new Map<string, Kind>();
  const known = new Set(['namespace']);
  const steps = raw.flatMap((told, index) => {
    const planned = planStep(told, ['steps', index], source, faults);
    if (planned) checkNames(planned, ['steps', index], source, { made, known, faults });
    return planned ? [planned] : [];
  });
  if (faults.length > 0) throw faulty(faults);
  return {
    ...rest,
    name: file.replace(/^.*\//, '').replace(/\.yaml$/, ''),
    needs: [...new Set([...needs, ...steps.flatMap(({ step }) => step.needs)])],
    timeoutMs: seconds * 1000,
    steps,
  };
}

function planStep(
  told: Record<string, unknown>,
  path: Path,
  source: YamlSource,
  faults: string[],
): PlannedStep | undefined {
  const { do: name, ...params } = told;
  const step = STEPS.find((one) => one.name === name);
  if (!step) {
    const which = name === undefined ? 'the step has no `do`' : `there is no step ${JSON.stringify(name)}`;
    faults.push(
      `${source.at([...path, 'do'])}: ${which}; steps are ${STEPS.map((one) => one.name).join(', ')}`,
    );
    return undefined;
  }
  const parsed = step.params.safeParse(params);
  if (parsed.success) return { step, params: parsed.data };
  faults.push(...faultsOf(parsed.error, source, path, step));
  return undefined;
}

interface Names {
  /** Things that steps so far made. */
  made: Map<string, Kind>;
  /** Placeholders that have a value by then. */
  known: Set<string>;
  faults: string[];
}

/** Each name must be made by a step before, once, as the right kind of thing; each placeholder must have a value. */
function checkNames({ step, params }: PlannedStep, path: Path, source: YamlSource, names: Names): void {
  const { made, known, faults } = names;
  for (const [param, kind] of Object.entries(step.refers)) {
    for (const name of [params[param] ?? []].flat() as string[]) {
      if (made.get(name) === kind) continue;
      const is = made.get(name);
      const of = [...made].filter(([, one]) => one === kind).map(([one]) => one);
      const fix = of.length > 0 ? `; made so far: ${of.join(', ')}` : `; add a step that makes one before it`;
      faults.push(
        `${source.at([...path, param])}: ${is ? `${name} is of the kind ${is}, not ${kind}` : `no step before makes the ${kind} ${name}`}${fix}`,
      );
    }
  }
  for (const [, name] of JSON.stringify(params).matchAll(/\{\{\s*([a-z0-9_.-]+)\s*\}\}/gi)) {
    if (known.has(name!)) continue;
    faults.push(
      `${source.at(path)}: there is no value for {{${name}}} here; values are ${[...known].join(', ')}`,
    );
  }
  if (!step.makes) return;
  const name = String(params[step.makes.param]);
  if (made.has(name))
    faults.push(`${source.at([...path, step.makes.param])}: ${name} is made twice; choose another name`);
  made.set(name, step.makes.kind);
  if (step.makes.kind === 'actor') known.add(`${name}.address`).add(`${name}.token`);
  if (step.makes.kind === 'worker') known.add(`${name}.node_id`);
}

function faultsOf(error: z.ZodError, source: YamlSource, base: Path, step?: Step): string[] {
  return error.issues.map((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
    const path = [...base, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
    const place = source.at(keys[0] === undefined ? path : [...path, keys[0]]);
    const where = step ? `${step.name}: ` : '';
    const allowed = step ?? undefined;
    const known = Object.keys((allowed ? allowed.params : header).shape).join(', ');
    if (keys.length > 0) return `${place}: ${where}unknown field ${keys.join(', ')}; fields are ${known}`;
    return `${place}: ${where}${issue.path.join('.')}: ${issue.message}`;
  });
}

function faulty(faults: readonly string[]): UsageError {
  return new UsageError(faults.join('\n'), {
    hint: '`daas scenario list --steps` shows every step with its fields',
  });
}
