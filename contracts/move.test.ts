import { beforeAll, describe, expect, it } from 'vitest';
import { EVENT_FIELDS } from './bindings/events.ts';
import { FUNCTIONS } from './bindings/names.ts';
import { contractSources, testMove } from './build.ts';
import type { MoveTestRun, SourceFiles } from './build.ts';
import { readAborts } from './generate.ts';

// Declared, but never thrown: the type system refuses a call without a SlashCap before Move runs.
const UNREACHABLE = ['staking::ENotAuthorised'];

let run: MoveTestRun;
let tests: SourceFiles;
let text: string;

beforeAll(async () => {
  const sources = Object.entries(await contractSources({ tests: true }));
  tests = Object.fromEntries(sources.filter(([path]) => path.startsWith('tests/')));
  text = Object.values(tests).join('\n');
  run = await testMove();
});

/** `module::function` of every test that the sources declare. */
function declaredTests(): string[] {
  return Object.values(tests).flatMap((source) => {
    const module = /^module k3s_daas::(\w+);/mu.exec(source)?.[1] ?? '';
    const functions = source.matchAll(/^#\[(?:random_)?test\]\n(?:#\[.*\]\n)?fun (\w+)\(/gmu);
    return [...functions].map(([, name]) => `${module}::${name}`);
  });
}

describe('the Move unit tests', () => {
  it('all ran, and passed', () => {
    expect(run.passed ? '' : run.output).toBe('');
    expect(run.tests.map(({ name }) => name).toSorted()).toEqual(declaredTests().toSorted());
    expect(text.match(/#\[(?:random_)?test\]/gu)).toHaveLength(run.tests.length);
  });

  it('expect every abort code', async () => {
    const codes = (await readAborts()).map(({ module, name }) => `${module}::${name}`);
    const expected = new Set([...text.matchAll(/abort_code = (\w+::\w+)/gu)].map(([, code]) => code));
    expect([...expected].toSorted()).toEqual(codes.filter((code) => !UNREACHABLE.includes(code)).toSorted());
  });

  it('compare every event field by field', () => {
    const names = Object.values(EVENT_FIELDS).flatMap((events) => Object.keys(events));
    const compared = new Set([...text.matchAll(/assert_event<(\w+)>\(/gu)].map(([, name]) => name));
    expect(names.filter((name) => !compared.has(name))).toEqual([]);
  });

  it('call every function', () => {
    const uncalled = Object.values(FUNCTIONS)
      .flat()
      .filter((name) => !new RegExp(`[.:]${name}\\(`, 'u').test(text));
    expect(uncalled).toEqual([]);
  });
});
