import { Command } from 'commander';
import { loadCatalogue } from '../requirements/catalogue.ts';
import { parseProfiles } from '../runner/profiles.ts';
import { loadChecks } from '../runner/registry.ts';

interface ListOptions {
  profile: string[];
  only: string[];
  json?: boolean;
}

export function listCommand(): Command {
  return new Command('list')
    .description('list requirements and the checks that observe them')
    .option('-p, --profile <names...>', 'only these profiles', [])
    .option('--only <ids...>', 'only these requirements; * stands for anything', [])
    .option('--json', 'one JSON document instead of a table')
    .addHelpText(
      'after',
      "\nExamples:\n  $ daas list --profile security\n  $ daas list --only 'CT-*' --json | jq length\n",
    )
    .action(list);
}

async function list(options: ListOptions): Promise<void> {
  const catalogue = await loadCatalogue();
  const checks = Map.groupBy(await loadChecks(), (check) => check.requirement);
  const selected = catalogue.select({ profiles: parseProfiles(options.profile), only: options.only });
  const rows = selected.map((requirement) => ({
    id: requirement.id,
    level: requirement.level,
    profile: requirement.profile,
    ...(requirement.feature && { feature: requirement.feature }),
    text: requirement.text,
    defects: requirement.defects,
    checks: (checks.get(requirement.id) ?? []).map(({ id, title, mutants }) => ({ id, title, mutants })),
  }));
  if (options.json) {
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  for (const row of rows) {
    const mark = row.checks.length > 0 ? String(row.checks.length).padStart(2) : ' -';
    process.stdout.write(
      `${row.id.padEnd(12)} ${row.level.padEnd(6)} ${row.profile.padEnd(10)} ${mark}  ${row.text}\n`,
    );
  }
  const covered = rows.filter((row) => row.checks.length > 0).length;
  process.stdout.write(
    `${rows.length} requirements, ${covered} with checks (the fourth column counts them)\n`,
  );
}
