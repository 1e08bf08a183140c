import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadCatalogue } from '../../requirements/catalogue.ts';
import { loadChecks } from '../../runner/registry.ts';

const text = await readFile(join(import.meta.dirname, 'REPLAY.md'), 'utf8');
const rows = [...text.matchAll(/^\|\s*(\d+)\s*\|[^|]*\|([^|]*)\|\s*$/gm)].map(([, number, cell = '']) => ({
  number: Number(number),
  named: [...cell.matchAll(/([A-Z]+(?:-[A-Z]+)*-\d{3})(?: \((\w+)\))?/g)].map(([, id = '', feature]) => ({
    id,
    feature,
  })),
}));

test('all 48 cases are there, each with its requirements', () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 48 }, (_, index) => index + 1));
  for (const { named } of rows) expect(named).not.toEqual([]);
});

test('each requirement is in the catalogue and observed by a check, and its feature is named', async () => {
  const catalogue = await loadCatalogue();
  const observed = new Set((await loadChecks()).map(({ requirement }) => requirement));
  for (const { id, feature } of rows.flatMap(({ named }) => named)) {
    expect({ id, feature }).toEqual({ id, feature: catalogue.byId(id).feature });
    expect({ id, observed: observed.has(id) }).toEqual({ id, observed: true });
  }
}, 60_000);
