import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { HarnessError, UsageError } from '../../errors.ts';
import type { Report } from '../../report/model.ts';
import { loadCatalogue, type Catalogue } from '../../requirements/catalogue.ts';
import type { Check } from '../../runner/check.ts';
import { loadChecks } from '../../runner/registry.ts';
import { natural, seedOf } from '../arguments.ts';
import { createProgress } from '../progress.ts';
import { untilInterrupted } from '../interrupt.ts';
import { listMutants, type Mutant } from './list.ts';
import { renderMatrix } from './matrix.ts';
import { RunPool } from './run-pool.ts';

interface MutantsOptions {
  only: string[];
  seed: string;
  jobs: string;
  full?: boolean;
  json?: boolean;
  matrix?: string;
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
  /** How long its run took. */
  duration_ms: number;
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
    .option('--matrix <file>', 'write the kill matrix as Markdown, too')
    .addHelpText(
      'after',
      '\nExamples:\n  $ daas mutants\n  $ daas mutants --only nonce-forgotten --json\n  $ daas mutants --jobs 4 --matrix kill-matrix.md\n',
    )
    .action(mutants);
}

async function mutants(options: MutantsOptions): Promise<void> {
  const jobs = natural('--jobs', options.jobs, 1, 16);
  const seed = seedOf(options.seed);
  const [all, checks, catalogue] = await Promise.all([listMutants(), loadChecks(), loadCatalogue()]);
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
  await using pool = new RunPool();
  const run = runsOf(pool, catalogue, seed, interrupted.signal);
  try {
    const guards = checks.filter((check) => chosen.some((mutant) => check.mutants.includes(mutant.id)));
    progress.step(`the reference itself must pass the ${guards.length} checks first`);
    const clean = await run(undefined, guards, true);
    const broken = failedIn(clean);
    if (broken.length > 0)
      throw new HarnessError(`the reference fails ${broken.join(', ')}: kills would mean nothing`, {
        hint: failuresOf(clean).join('; '),
      });

    const kills: Kill[] = [];
    const waiting = [...chosen];
    const work = async (): Promise<void> => {
      for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
        const kill = await judge(mutant, checks, options.full ?? false, run);
        kills.push(kill);
        progress.line(
          `${String(kills.length).padStart(2)}/${chosen.length} ${kill.killed ? 'killed  ' : 'SURVIVED'} ${mutant.id}, ${(kill.duration_ms / 1000).toFixed(1)} s`,
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
    if (options.matrix !== undefined)
      await writeFile(options.matrix, renderMatrix(ordered, catalogue.defects));
    process.exitCode =
      killed === ordered.length && ordered.every((kill) => kill.unexpected.length === 0) ? 0 : 1;
  } finally {
    interrupted.release();
  }
}

type Runs = (mutant: string | undefined, checks: readonly Check[], whole: boolean) => Promise<Report>;

/** Runs of these checks on the reference, or on one of its mutants; `whole`: of all that their requirements have. */
function runsOf(pool: RunPool, catalogue: Catalogue, seed: number, signal: AbortSignal): Runs {
  return (mutant, checks, whole) => {
    const only = [...new Set(checks.map(({ requirement }) => requirement))];
    const profiles = only.map((id) => catalogue.byId(id).profile);
    return pool.run(
      {
        seed,
        env: mutant === undefined ? {} : { K3S_DAAS_MUTANT: mutant },
        only,
        ...(!whole && { checks: checks.map(({ id }) => id) }),
        chainAlone: profiles.every((profile) => profile === 'contracts'),
      },
      signal,
    );
  };
}

async function judge(mutant: Mutant, checks: readonly Check[], full: boolean, run: Runs): Promise<Kill> {
  const guards = checks.filter((check) => check.mutants.includes(mutant.id));
  const base = { id: mutant.id, defects: mutant.defects, title: mutant.title };
  const from = Date.now();
  if (guards.length === 0)
    return { ...base, killed: false, killed_by: [], survived: [], duration_ms: 0, unexpected: [] };
  const report = await run(mutant.id, full ? checks : guards, full);
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
    duration_ms: Date.now() - from,
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
