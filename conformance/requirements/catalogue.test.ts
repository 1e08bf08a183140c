import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { CatalogueError, loadCatalogue, parseCatalogue, PROFILES } from './catalogue.ts';
import { REQUIREMENTS_FILE, renderRequirements } from './generate.ts';
import { SelectionError } from './select.ts';

const catalogue = await loadCatalogue();

const head = 'area: a\ntitle: An area\nprofile: gateway\nrequirements:\n';
const entry = (id: string, extra = ''): string =>
  `  - id: ${id}\n    level: MUST\n    text: The gateway MUST answer this one properly.\n    source: 3. Gateway\n${extra}`;
const problemsOf = (files: Record<string, string>): readonly string[] => {
  try {
    parseCatalogue(Object.entries(files).map(([name, text]) => ({ name, text })));
  } catch (error) {
    if (error instanceof CatalogueError) return error.problems;
    throw error;
  }
  return [];
};

describe('the shipped catalogue', () => {
  test('has unique ids and frozen entries', () => {
    const ids = catalogue.requirements.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Object.isFrozen(catalogue.requirements[0])).toBe(true);
    expect(catalogue.byId('GW-AUTH-001').profile).toBe('gateway');
    expect(() => catalogue.byId('GW-NONE-001')).toThrow(CatalogueError);
  });

  test('numbers each series from 001 without a gap', () => {
    const series = Map.groupBy(catalogue.requirements, ({ id }) => id.slice(0, -4));
    for (const [prefix, members] of series) {
      const numbers = members.map(({ id }) => Number(id.slice(-3))).toSorted((a, b) => a - b);
      expect({ prefix, numbers }).toEqual({ prefix, numbers: numbers.map((_, index) => index + 1) });
    }
  });

  test('knows D01 to D54 and guards each of them with an observable requirement', () => {
    const expected = Array.from({ length: 54 }, (_, index) => `D${String(index + 1).padStart(2, '0')}`);
    expect(catalogue.defects.map(({ id }) => id)).toEqual(expected);
    const guarded = new Set(catalogue.select().flatMap(({ defects }) => defects));
    expect(expected.filter((id) => !guarded.has(id as 'D01'))).toEqual([]);
  });

  test('has a MUST in every profile, and says each level in its sentence', () => {
    for (const profile of PROFILES) {
      const own = catalogue.select({ profiles: [profile] });
      expect(own.some(({ level }) => level === 'MUST')).toBe(true);
    }
    for (const { text, level } of catalogue.requirements) {
      expect(text).toMatch(new RegExp(String.raw`\b${level}\b`));
      expect(text.endsWith('.')).toBe(true);
    }
  });

  test('is what REQUIREMENTS.md shows (node conformance/requirements/generate.ts writes it)', async () => {
    expect(await readFile(REQUIREMENTS_FILE, 'utf8')).toBe(renderRequirements(catalogue));
  });
});

describe('selecting', () => {
  test('takes ids, patterns, areas and profiles, and never what cannot be observed', () => {
    const ids = (selection: Parameters<typeof catalogue.select>[0]): string[] =>
      catalogue.select(selection).map(({ id }) => id);
    expect(ids({ only: ['gw-auth-001'] })).toEqual(['GW-AUTH-001']);
    expect(ids({ only: ['GW-AUTH-*'], exclude: ['GW-AUTH-001'] })).not.toContain('GW-AUTH-001');
    expect(ids({ only: ['gateway-authentication'] })).toContain('GW-AUTH-001');
    expect(ids({ profiles: ['load'] }).every((id) => id.startsWith('LD-'))).toBe(true);
    expect(catalogue.requirements.some(({ excluded }) => excluded !== undefined)).toBe(true);
    expect(catalogue.select().some(({ excluded }) => excluded !== undefined)).toBe(false);
  });

  test('refuses a pattern that matches nothing and says what there is', () => {
    expect(() => catalogue.select({ only: ['GW-AUTH-999'] })).toThrow(
      expect.objectContaining({
        name: 'SelectionError',
        hint: expect.stringContaining('GW-AUTH-001'),
        exitCode: 2,
      }),
    );
    expect(() => catalogue.select({ exclude: ['.*'] })).toThrow(SelectionError);
  });
});

describe('a catalogue with mistakes', () => {
  test('an unknown field is named with file, line and column', () => {
    expect(problemsOf({ 'a.yaml': head + entry('GW-A1-001', '    colour: red\n') })).toEqual([
      'a.yaml:9:5: requirements.0 must NOT have additional properties "colour"',
    ]);
  });

  test('a wrong level lists the right ones', () => {
    const text = (head + entry('GW-A1-001')).replace('MUST\n', 'WILL\n');
    expect(problemsOf({ 'a.yaml': text })).toEqual([
      'a.yaml:6:5: requirements.0.level must be equal to one of the allowed values (MUST, SHOULD, MAY)',
    ]);
  });

  test('an id used twice names both places, also across files', () => {
    const files = {
      'a.yaml': head + entry('GW-A1-001'),
      'b.yaml': head.replace('area: a', 'area: b') + entry('GW-A1-001'),
    };
    expect(problemsOf(files)).toEqual(['b.yaml:5:5: GW-A1-001 is already used at a.yaml:5:5']);
  });

  test('an unknown defect, a sentence without its level and a file under another name are found', () => {
    const text = head + entry('GW-A1-001', '    defects: [D99]\n').replace('level: MUST', 'level: MAY');
    const problems = problemsOf({ 'other.yaml': text });
    expect(problems).toContainEqual(expect.stringContaining('area "a" is not the file\'s name'));
    expect(problems).toContainEqual(expect.stringContaining('does not say MAY'));
    expect(problems).toContainEqual(expect.stringContaining('unknown defect D99'));
  });

  test('broken YAML and duplicate keys are problems with a place, not exceptions', () => {
    expect(problemsOf({ 'a.yaml': `${head}  - id: [` })[0]).toMatch(/^a\.yaml:\d+:\d+: /);
    expect(problemsOf({ 'a.yaml': `area: a\n${head}` })[0]).toMatch(/^a\.yaml:2:1: .*unique/);
  });
});
