import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { HarnessError, UsageError } from '../../errors.ts';
import { loadCatalogue } from '../../requirements/catalogue.ts';
import { loadChecks } from '../../runner/registry.ts';
import { natural, seedOf } from '../arguments.ts';
import { createProgress } from '../progress.ts';
import { untilInterrupted } from '../interrupt.ts';
import { Judge, type Kill } from './judge.ts';
import { listMutants, type Mutant } from './list.ts';
import { renderMatrix } from './matrix.ts';
import { RunPool } from './run-pool.ts';

interface MutantsOptions {
  all?: boolean;
  only: string[];
  seed: string;
  jobs: string;
  full?: boolean;
  json?: boolean;
  matrix?: string;
}

export function mutantsCommand(): Command {
  return new Command('mutants')
    .description(
      'run the suite against the reference with one known defect at a time, and print which requirements catch it',
    )
    .option('--all', 'every mutant, also those that show none of the known defects')
    .option('--only <ids...>', 'only these mutants', [])
    .option('--full', 'run every check on every mutant, and name failures that nobody predicted')
    .option('--seed <n>', 'seed of the runs', '1')
    .option('--jobs <n>', 'runs at a time', '3')
    .option('--json', 'print {total, killed, mutants: [...]}')
    .option('--matrix <file>', 'write the kill matrix as Markdown, too')
    .addHelpText(
      'after',
      '\nExamples:\n  $ daas mutants\n  $ daas mutants --all\n  $ daas mutants --only nonce-forgotten --json\n  $ daas mutants --all --jobs 4 --matrix kill-matrix.md\n',
    )
    .action(mutants);
}

async function mutants(options: MutantsOptions): Promise<void> {
  const jobs = natural('--jobs', options.jobs, 1, 16);
  const seed = seedOf(options.seed);
  const [all, checks, catalogue] = await Promise.all([listMutants(), loadChecks(), loadCatalogue()]);
  const chosen = choose(all, options);
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
  // Nothing is worth going on with once the reference itself has failed.
  const over = new AbortController();
  await using pool = new RunPool();
  const signal = AbortSignal.any([interrupted.signal, over.signal]);
  const judge = new Judge({ pool, catalogue, seed, signal });
  try {
    const guards = checks.filter((check) => chosen.some((mutant) => check.mutants.includes(mutant.id)));
    progress.step(`the reference itself must pass the ${guards.length} checks, which is seen meanwhile`);
    const kills: Kill[] = [];
    const waiting = [...chosen];
    const work = async (first?: () => Promise<void>): Promise<void> => {
      await first?.();
      for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) {
        const kill = await judge.kill(mutant, checks, options.full ?? false);
        kills.push(kill);
        progress.line(
          `${String(kills.length).padStart(2)}/${chosen.length} ${verdictOf(kill)} ${mutant.id}, ${(kill.duration_ms / 1000).toFixed(1)} s`,
        );
      }
    };
    const reference = async (): Promise<void> => {
      const passed = await judge.control(chosen, checks, (ids) =>
        progress.line(`once more on the reference itself: ${ids.join(' ')}`),
      );
      progress.line(`the reference itself passed the ${passed} checks`);
    };
    try {
      await Promise.all(Array.from({ length: jobs }, (_, job) => work(job === 0 ? reference : undefined)));
    } finally {
      over.abort(new HarnessError('another run failed'));
    }
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

function choose(known: readonly Mutant[], { only, all }: MutantsOptions): Mutant[] {
  const missing = only.find((id) => !known.some((mutant) => mutant.id === id));
  if (missing)
    throw new UsageError(`there is no mutant ${missing}`, {
      hint: `mutants: ${known.map(({ id }) => id).join(', ')}`,
    });
  if (only.length > 0) return known.filter(({ id }) => only.includes(id));
  return all ? [...known] : known.filter(({ defects }) => defects.length > 0);
}

function table(kills: readonly Kill[], killed: number): string {
  const width = Math.max(...kills.map(({ id }) => id.length));
  const rows = kills.map((kill) => {
    const by = kill.killed_by.join(' ') || (kill.unjudged ?? 'no check names it');
    const rest = [
      ...(kill.survived.length > 0 ? [`passed on it: ${kill.survived.join(' ')}`] : []),
      ...(kill.unexpected.length > 0 ? [`not predicted: ${kill.unexpected.join(' ')}`] : []),
    ];
    return `${verdictOf(kill)}  ${kill.id.padEnd(width)}  ${kill.defects.join(',').padEnd(8)}  ${by}${rest.map((line) => `\n            ${line}`).join('')}`;
  });
  const defects = [...new Set(kills.flatMap((kill) => kill.defects))];
  const caught = defects.filter((id) =>
    kills.every((kill) => kill.killed || !kill.defects.includes(id)),
  ).length;
  const left = kills.filter(({ unjudged }) => unjudged !== undefined).length;
  const unjudged = left === 0 ? '' : `, ${left} not run`;
  return `${rows.join('\n')}\n${killed} of ${kills.length} mutants killed${unjudged}, ${caught} of ${defects.length} defects caught\n`;
}

function verdictOf({ killed, unjudged }: Kill): string {
  if (unjudged !== undefined) return 'NOT RUN ';
  return killed ? 'killed  ' : 'SURVIVED';
}
