import type { Defect } from '../../requirements/catalogue.ts';

/** What a row of the matrix needs to know of a mutant and its run. */
export interface MatrixRow {
  id: string;
  title: string;
  defects: readonly string[];
  killed: boolean;
  /** Why it was not run. */
  unjudged?: string;
  /** Requirements that failed on it. */
  killed_by: readonly string[];
}

/** The kill matrix as Markdown: each defect with its mutants, then each mutant with the requirements that fail on it. */
export function renderMatrix(rows: readonly MatrixRow[], defects: readonly Defect[]): string {
  const killed = rows.filter((row) => row.killed).length;
  const caught = defects.filter(({ id }) => {
    const own = rows.filter((row) => row.defects.includes(id));
    return own.length > 0 && own.every((row) => row.killed);
  });
  return `# Kill matrix

Written by \`npx daas mutants --all --matrix conformance/KILL-MATRIX.md\`: the suite is run on the reference with one known defect
at a time, and each must fail the requirements that guard against it. ${killed} of ${rows.length} mutants killed, ${caught.length} of ${defects.length}
defects caught.

## Defects

| defect | what is wrong | mutants |
|---|---|---|
${defects.map((defect) => defectLine(defect, rows)).join('\n')}

## Mutants

| mutant | what is wrong | killed by |
|---|---|---|
${rows.map((row) => `| \`${row.id}\` | ${cell(row.title)} | ${killersOf(row)} |`).join('\n')}
`;
}

function defectLine({ id, title }: Defect, rows: readonly MatrixRow[]): string {
  const own = rows.filter((row) => row.defects.includes(id)).map((row) => `\`${row.id}\``);
  return `| ${id} | ${cell(title)} | ${own.join(' ') || '**none**'} |`;
}

function killersOf({ killed, killed_by: by, unjudged }: MatrixRow): string {
  if (unjudged !== undefined) return '**not run**';
  return killed ? by.join(' ') : '**survived**';
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
