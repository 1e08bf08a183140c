import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../paths.ts';
import { loadCatalogue } from '../../requirements/catalogue.ts';
import { loadChecks } from '../../runner/registry.ts';
import { loadBundled } from '../../target/bundled.ts';
import { listMutants } from './list.ts';
import { renderMatrix, type MatrixRow } from './matrix.ts';

const FILE = join(PACKAGE_ROOT, 'conformance/KILL-MATRIX.md');
const rewrite = 'write it anew with: npx daas mutants --all --matrix conformance/KILL-MATRIX.md';

/** The rows of the second table: a mutant and the requirements that killed it. */
function killsIn(text: string): Map<string, string[]> {
  const rows = text.matchAll(/^\| `([a-z0-9-]+)` \|.*\| ([^|]+) \|$/gm);
  return new Map([...rows].map(([, id = '', by = '']) => [id, by.split(' ')]));
}

describe('the kill matrix that is committed', async () => {
  const text = await readFile(FILE, 'utf8');
  const kills = killsIn(text);
  const [mutants, checks, catalogue, { file }] = await Promise.all([
    listMutants(),
    loadChecks(),
    loadCatalogue(),
    loadBundled(),
  ]);
  const features = new Set(['', ...(file.features ?? [])]);

  it('has every mutant there is, and no other', () => {
    expect([...kills.keys()].toSorted(), rewrite).toEqual(mutants.map(({ id }) => id).toSorted());
  });

  it('has each mutant killed by all requirements whose checks name it, and by no others', () => {
    for (const { id } of mutants) {
      const naming = checks.filter((check) => check.mutants.includes(id));
      const killers = kills.get(id) ?? [];
      expect(
        naming.map(({ requirement }) => requirement),
        `${id}: ${rewrite}`,
      ).toEqual(expect.arrayContaining(killers));
      // It may be written where there is no kubectl; and on one master what a pair of them has to do is not seen.
      const everywhere = naming.filter(
        ({ requires, requirement }) =>
          requires.length === 0 && features.has(catalogue.byId(requirement).feature ?? ''),
      );
      expect(killers, `${id}: ${rewrite}`).toEqual(
        expect.arrayContaining(everywhere.map(({ requirement }) => requirement)),
      );
    }
  });

  it('has each defect killed', () => {
    for (const { id } of catalogue.defects)
      expect(text, id).toMatch(new RegExp(`^\\| ${id} \\|.* `.concat('`'), 'm'));
  });
});

const row = (id: string, killed: boolean, defect: string): MatrixRow => ({
  id,
  title: 'a | b',
  defects: [defect],
  killed,
  killed_by: killed ? ['GW-1', 'GW-2'] : [],
});

describe('a kill matrix', () => {
  const text = renderMatrix(
    [row('one', true, 'D01'), row('two', false, 'D01'), row('three', true, 'D02')],
    [
      { id: 'D01', title: 'first' },
      { id: 'D02', title: 'second' },
      { id: 'D03', title: 'third' },
    ],
  );

  it('counts a defect as caught when all its mutants are killed', () => {
    expect(text).toContain('2 of 3 mutants killed, 1 of 3\ndefects caught');
  });

  it('shows what survived, what was not run, what nothing shows, and keeps its columns', () => {
    expect(text).toContain('| `two` | a \\| b | **survived** |');
    expect(renderMatrix([{ ...row('four', false, 'D01'), unjudged: 'no etcd' }], [])).toContain(
      '| `four` | a \\| b | **not run** |',
    );
    expect(text).toContain('| `one` | a \\| b | GW-1 GW-2 |');
    expect(text).toContain('| D03 | third | **none** |');
  });
});
