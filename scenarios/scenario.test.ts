import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../conformance/requirements/catalogue.ts';
import { PACKAGE_ROOT } from '../conformance/paths.ts';
import { loadScenarios, parseScenario, readScenario } from './scenario.ts';
import { STEPS } from './steps/index.ts';

const good = `title: A good scenario
steps:
  - { do: actor, name: admin }
  - { do: worker, name: first }
  - { do: create-pod, name: hello, on: first }
`;

function faultOf(text: string): string {
  try {
    parseScenario(text, 'one.yaml');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'none';
}

describe('a scenario file', () => {
  it('gives steps with their defaults, and what they need', () => {
    const scenario = parseScenario(good, 'scenarios/one.yaml');
    expect(scenario.name).toBe('one');
    expect(scenario.needs).toEqual(['worker']);
    expect(scenario.steps.map(({ params }) => params)).toEqual([
      { name: 'admin', kind: 'admin' },
      { name: 'first', as: 'admin', within_seconds: 30 },
      { name: 'hello', as: 'admin', on: 'first' },
    ]);
  });

  it.each([
    ['a syntax error', good.replace('name: hello,', 'name: [,'), /^one\.yaml:5:\d+: /],
    [
      'an unknown field',
      good.replace('title:', 'titel: x\ntitle:'),
      /^one\.yaml:1:1: unknown field titel; fields are title, /,
    ],
    [
      'an unknown step',
      good.replace('create-pod', 'make-pod'),
      /^one\.yaml:5:7: there is no step "make-pod"; steps are actor, /,
    ],
    ['a step without do', good.replace('do: create-pod, ', ''), /^one\.yaml:5:\d+: the step has no `do`/],
    [
      'an unknown field of a step',
      good.replace('on: first', 'at: first'),
      /^one\.yaml:5:\d+: create-pod: unknown field at; fields are as, name, on$/,
    ],
    [
      'a wrong value',
      good.replace('name: hello', 'name: Hello'),
      /^one\.yaml:5:23: create-pod: name: lower-case/,
    ],
    [
      'a name that nobody made',
      good.replace('on: first', 'on: second'),
      /^one\.yaml:5:36: no step before makes the worker second; made so far: first$/,
    ],
    [
      'a name of another kind',
      good.replace('on: first', 'on: admin'),
      /^one\.yaml:5:36: admin is of the kind actor, not worker/,
    ],
    [
      'a name made twice',
      good.replace('name: first', 'name: admin'),
      /^one\.yaml:4:\d+: admin is made twice/,
    ],
    [
      'a placeholder without a value',
      `${good}  - { do: request, path: '/{{second.node_id}}', expect: { status: 200 } }\n`,
      /^one\.yaml:6:5: there is no value for \{\{second\.node_id\}\} here; values are namespace, admin\.address/,
    ],
    ['no steps', 'title: A scenario of nothing\nsteps: []\n', /^one\.yaml:2:1: steps: /],
  ])('with %s is refused with its line and column', (_, text, message) => {
    expect(faultOf(text)).toMatch(message);
  });

  it('lists all of its faults', () => {
    const text = good.replace('create-pod', 'make-pod').replace('do: worker', 'do: labourer');
    expect(faultOf(text).split('\n')).toHaveLength(2);
  });
});

describe('a scenario of the user', () => {
  it('that is not there is told by its path', async () => {
    await expect(readScenario('/none/one.yaml')).rejects.toThrow(
      'the scenario /none/one.yaml cannot be read',
    );
  });
});

describe('the scenarios of this repository', () => {
  it('name requirements and mutants that there are', async () => {
    const [scenarios, catalogue] = await Promise.all([loadScenarios(), loadCatalogue()]);
    expect(scenarios.length).toBeGreaterThanOrEqual(14);
    const folder = join(PACKAGE_ROOT, 'reference/mutants');
    const mutants = new Set(
      (await readdir(folder, { recursive: true })).map((file) =>
        file.replace(/^.*\//, '').replace(/\.ts$/, ''),
      ),
    );
    for (const { name, requirements, mutants: kills } of scenarios) {
      expect(
        requirements.filter((id) => !catalogue.has(id)),
        name,
      ).toEqual([]);
      expect(
        kills.filter((id) => !mutants.has(id)),
        name,
      ).toEqual([]);
      expect(kills, `${name} can fail`).not.toEqual([]);
    }
  });

  it('use every kind of step', async () => {
    const used = new Set((await loadScenarios()).flatMap(({ steps }) => steps.map(({ step }) => step.name)));
    expect(STEPS.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([]);
  });
});
