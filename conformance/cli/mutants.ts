import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { HarnessError, UsageError } from '../errors.ts';
import { modulePath, PACKAGE_ROOT } from '../paths.ts';
import type { Report } from '../report/model.ts';
import type { Check } from '../runner/check.ts';
import { loadChecks } from '../runner/registry.ts';
import { createProgress } from './progress.ts';
import { untilInterrupted } from './interrupt.ts';

interface MutantsOptions {
  only: string[];
  seed: string;
  jobs: string;
  full?: boolean;
  json?: boolean;
}

interface Mutant {
  id: string;
  defects: string[];
  title: string;
}

interface Kill {
  id: string;
  defects: string[];
  title: string;
  killed: boolean;
  /** Requirements that failed on it. */
  killed_by: string[];
  /** Checks that name it and passed on it all the same. */
  survived: string[];
  /** With --full: requirements that failed though no check of theirs names it. */
  unexpected: string[];
}

export function mutantsCommand(): Command {
  return new Command('mutants')
    .description(
      'run the suite against the reference with one known defect at a time, and print which requirements catch it',
    )
    .option('--only <ids...>', 'only these mutants', [])
    .option('--full', 'run every check on every mutant, and name failures that nobody predicted')
    .option('--seed <n>', 'seed of the runs', '1')
    .option('--jobs <n>', 'mutants at a time', '2')
    .option('--json', 'print {total, killed, mutants: [...]}')
    .addHelpText('after', '\nExamples:\n  $ daas mutants\n  $ daas mutants --only nonce-forgotten --json\n')
    .action(mutants);
}

async function mutants(options: MutantsOptions): Promise<void> {
  const jobs = Number(options.jobs);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > 16)
    throw new UsageError(`--jobs ${options.jobs} is not a whole number from 1 to 16`);
  const [all, checks] = await Promise.all([listMutants(), loadChecks()]);
  const chosen = choose(all, options.only);
  const unknown = checks.flatMap((check) =>
    check.mutants
      .filter((id) => !all.some((mutant) => mutant.id === id))
      // Of a choice nothing else needs to be in order.
      .filter((id) => options.only.length === 0 || options.only.includes(id))
      .map((id) => `${check.id} names ${id}`),
  );
  if (unknown.length > 0) throw new HarnessError(`there is no such mutant: ${unknown.join(', ')}`);

  const progress = createProgress();
  const interrupted = untilInterrupted();
  try {
    const guards = checks.filter((check) => chosen.some((mutant) => check.mutants.includes(mutant.id)));
    progress.step(`the reference itself must pass the ${guards.length} checks first`);
    const clean = await run(options, undefined, guards, interrupted.signal);
    const broken = failedIn(clean);
    if (broken.length > 0)
      throw new HarnessError(`the reference fails ${broken.join(', ')}: kills would mean nothing`, {
        hint: failuresOf(clean).join('; '),
      });

    const kills: Kill[] = [];
    const waiting = [...chosen];
    const work = async (): Promise<void> => {
      for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
        const kill = await judge(mutant, options, checks, interrupted.signal);
        kills.push(kill);
        progress.line(
          `${String(kills.length).padStart(2)}/${chosen.length} ${kill.killed ? 'killed  ' : 'SURVIVED'} ${mutant.id}`,
        );
      }
    };
    await Promise.all(Array.from({ length: jobs }, work));
    progress.end();
    const ordered = chosen.map((mutant) => kills.find((kill) => kill.id === mutant.id)!);
    const killed = ordered.filter((kill) => kill.killed).length;
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ total: ordered.length, killed, mutants: ordered }, null, 2)}\n`
        : table(ordered, killed),
    );
    process.exitCode =
      killed === ordered.length && ordered.every((kill) => kill.unexpected.length === 0) ? 0 : 1;
  } finally {
    interrupted.release();
  }
}

async function judge(
  mutant: Mutant,
  options: MutantsOptions,
  checks: readonly Check[],
  signal: AbortSignal,
): Promise<Kill> {
  const guards = checks.filter((check) => check.mutants.includes(mutant.id));
  const base = { id: mutant.id, defects: mutant.defects, title: mutant.title };
  if (guards.length === 0) return { ...base, killed: false, killed_by: [], survived: [], unexpected: [] };
  const report = await run(options, mutant.id, options.full ? checks : guards, signal);
  const failed = failedIn(report);
  const results = report.requirements.flatMap((requirement) => requirement.checks);
  const verdicts = new Map(results.map((result) => [result.id, result.verdict]));
  const guarding = new Set(guards.map((check) => check.requirement));
  // Checks that need what this machine lacks (a kubectl) were left out of the run and prove nothing.
  const survived = guards
    .filter((check) => verdicts.has(check.id) && verdicts.get(check.id) !== 'fail')
    .map((check) => check.id);
  const killedBy = failed.filter((id) => guarding.has(id));
  return {
    ...base,
    killed: killedBy.length > 0 && survived.length === 0,
    killed_by: killedBy,
    survived,
    unexpected: failed.filter((id) => !guarding.has(id)),
  };
}

/** Requirements with a failed check, whatever their level: a mutant that breaks a SHOULD is caught too. */
function failedIn(report: Report): string[] {
  return report.requirements
    .filter(({ checks }) => checks.some(({ verdict }) => verdict === 'fail'))
    .map(({ id }) => id);
}

function failuresOf(report: Report): string[] {
  return report.requirements
    .flatMap(({ checks }) => checks)
    .filter(({ verdict }) => verdict === 'fail')
    .map(({ id, message }) => `${id}: ${message}`);
}

/** One run of the suite in a process of its own: mutants must not share anything. */
async function run(
  options: MutantsOptions,
  mutant: string | undefined,
  checks: readonly Check[],
  signal: AbortSignal,
): Promise<Report> {
  const dir = await mkdtemp(join(tmpdir(), 'daas-mutant-'));
  try {
    const args = [
      'run',
      '--seed',
      options.seed,
      '--report-dir',
      dir,
      '--format',
      'none',
      '--only',
      ...new Set(checks.map((check) => check.requirement)),
    ];
    if (mutant) args.push('--env', `K3S_DAAS_MUTANT=${mutant}`);
    const words = await daas(args, signal);
    const text = await readFile(join(dir, 'report.json'), 'utf8').catch((cause: unknown) => {
      throw new HarnessError(
        `the run on ${mutant ?? 'the reference'} left no report: ${words.slice(-2000)}`,
        { cause },
      );
    });
    return JSON.parse(text) as Report;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function daas(args: readonly string[], signal: AbortSignal): Promise<string> {
  const child = spawn(process.execPath, [join(PACKAGE_ROOT, 'conformance/cli/daas.mjs'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, CI: 'true' },
  });
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  return new Promise((resolve) => {
    child.once('close', () => {
      signal.removeEventListener('abort', stop);
      resolve(words);
    });
  });
}

/** The reference says itself which mutants it has: the suite imports nothing of it. */
async function listMutants(): Promise<Mutant[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [modulePath('reference/mutants/main.ts')]);
  return JSON.parse(stdout) as Mutant[];
}

function choose(all: readonly Mutant[], ids: readonly string[]): Mutant[] {
  const missing = ids.find((id) => !all.some((mutant) => mutant.id === id));
  if (missing)
    throw new UsageError(`there is no mutant ${missing}`, {
      hint: `mutants: ${all.map(({ id }) => id).join(', ')}`,
    });
  return all.filter(({ id }) => ids.length === 0 || ids.includes(id));
}

function table(kills: readonly Kill[], killed: number): string {
  const width = Math.max(...kills.map(({ id }) => id.length));
  const rows = kills.map((kill) => {
    const by = kill.killed_by.join(' ') || 'no check names it';
    const rest = [
      ...(kill.survived.length > 0 ? [`passed on it: ${kill.survived.join(' ')}`] : []),
      ...(kill.unexpected.length > 0 ? [`not predicted: ${kill.unexpected.join(' ')}`] : []),
    ];
    return `${kill.killed ? 'killed  ' : 'SURVIVED'}  ${kill.id.padEnd(width)}  ${kill.defects.join(',').padEnd(8)}  ${by}${rest.map((line) => `\n            ${line}`).join('')}`;
  });
  const defects = [...new Set(kills.flatMap((kill) => kill.defects))];
  const caught = defects.filter((id) =>
    kills.every((kill) => kill.killed || !kill.defects.includes(id)),
  ).length;
  return `${rows.join('\n')}\n${killed} of ${kills.length} mutants killed, ${caught} of ${defects.length} defects caught\n`;
}
