import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HarnessError } from '../../conformance/errors.ts';
import { PACKAGE_ROOT } from '../../conformance/paths.ts';
import type { Figure } from '../../conformance/requirements/catalogue.ts';
import type { TrafficPlan, TrafficResult } from '../engine/traffic.ts';
import { k6Input } from './input.ts';
import { trafficResult, type K6TrafficSummary } from './result.ts';

/** A threshold was crossed; what was measured is judged by us all the same. */
const THRESHOLDS_CROSSED = 99;
/** Beyond the traffics' own time: starting, signing, ending. */
const GRACE_MS = 60_000;
const TAIL = 1500;
const [INPUT_FILE, AUTHORITIES_FILE] = ['input.json', 'ca.pem'];

export interface K6Options {
  /** Path of the program. */
  k6: string;
  /** Of the scenario, and so of its script. */
  script: string;
  figureOf: (metric: string) => Figure;
  signal: AbortSignal;
}

export function scriptOf(scenario: string): string {
  return join(PACKAGE_ROOT, 'loadtest', 'k6', `${scenario}.ts`);
}

/** Plays a plan with a scenario's k6 script. The file with its wallets is readable by its owner alone, and removed. */
export async function playK6(plan: TrafficPlan, options: K6Options): Promise<TrafficResult[]> {
  const script = scriptOf(options.script);
  if (!existsSync(script)) throw new HarnessError(`there is no k6 script ${script}`);
  const dir = await mkdtemp(join(tmpdir(), 'daas-k6-'));
  const [input, summary, authorities] = [INPUT_FILE, 'summary.json', AUTHORITIES_FILE].map((name) =>
    join(dir, name),
  ) as [string, string, string];
  try {
    await writeInput(plan, options.figureOf, dir);
    const { code, output } = await run(
      options,
      script,
      {
        ...process.env,
        DAAS_LOAD_INPUT: input,
        DAAS_LOAD_SUMMARY: summary,
        SSL_CERT_FILE: authorities,
        K6_NO_USAGE_REPORT: 'true',
      },
      timeOf(plan),
    );
    if (code !== 0 && code !== THRESHOLDS_CROSSED) {
      if (options.signal.aborted) throw new HarnessError('interrupted');
      throw new HarnessError(`k6 ended with ${code}: ${output.trim()}`, {
        hint: 'run with --engine builtin to do without k6',
      });
    }
    const said = JSON.parse(await readFile(summary, 'utf8')) as { traffics: K6TrafficSummary[] };
    return plan.traffics.map((traffic) => trafficResult(traffic, said.traffics));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Writes what a script reads: the plan with its wallets, readable by its owner alone, and the authorities to trust. */
export async function writeInput(
  plan: TrafficPlan,
  figureOf: K6Options['figureOf'],
  dir: string,
): Promise<void> {
  await writeFile(join(dir, INPUT_FILE), JSON.stringify(k6Input(plan, figureOf)), { mode: 0o600 });
  const { gateway, master } = plan.servers;
  await writeFile(join(dir, AUTHORITIES_FILE), [gateway?.ca ?? '', master?.ca ?? ''].join('\n'));
}

function timeOf({ traffics }: TrafficPlan): number {
  return Math.max(...traffics.map(({ seconds, delaySeconds = 0 }) => seconds + delaySeconds)) * 1000;
}

async function run(
  { k6, signal }: K6Options,
  script: string,
  env: NodeJS.ProcessEnv,
  ms: number,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(k6, ['run', '--quiet', '--no-color', '--address', 'localhost:0', script], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: ms + GRACE_MS,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString('utf8')).slice(-TAIL)));
  // k6 ends its run in order at the first signal.
  const stop = (): void => void child.kill('SIGINT');
  signal.addEventListener('abort', stop, { once: true });
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, output };
  } catch (cause) {
    throw new HarnessError(`cannot run ${k6}`, { cause });
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
