import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { caseCount, runDifferential } from '../../reference/localnet/testing/differential/differential.ts';
import { testMove } from '../build.ts';
import { compareFrameworks } from '../framework-comparison.ts';
import { runModel } from './model-runs.ts';

const USAGE =
  'usage: main.ts [--seed N] [--programs N] [--functions N] [--without-model] [--sui-framework try|must|never]';
const DEADLINE_MS = 300_000;

/** One part's last word, and whether all is well. */
interface Part {
  readonly line: string;
  readonly passed: boolean;
}

const progress = (line: string): void => {
  process.stderr.write(`  ${line}\n`);
};
const thousands = (n: number): string => n.toLocaleString('en-GB');

async function unitTests(): Promise<Part> {
  progress('Move unit tests');
  const { passed, tests, output } = await testMove({ deadlineMs: DEADLINE_MS });
  const good = tests.filter((test) => test.passed).length;
  if (!passed) process.stderr.write(`${output}\n`);
  return { line: `Move unit tests: ${good} of ${tests.length} passed`, passed };
}

async function differential(seed: number, programs: number, snippets: number): Promise<Part> {
  const report = await runDifferential({ seed, programs, snippets, progress });
  for (const disagreement of report.disagreements) process.stderr.write(`disagreement on ${disagreement}\n`);
  const passed = report.disagreements.length === 0;
  const parts = [
    `${thousands(report.calls)} calls and ${thousands(report.aborts)} aborts of ${thousands(programs)} contract programs`,
    `${thousands(report.values)} values and ${thousands(report.failures)} failures of ${thousands(snippets)} functions`,
  ];
  const verdict = passed ? 'agree' : `compared, ${report.disagreements.length} disagreements`;
  return {
    line: `differential cases: ${thousands(caseCount(report))} ${verdict} (${parts.join('; ')}), seed ${seed}`,
    passed,
  };
}

async function model(seed: number): Promise<Part> {
  progress('random histories against the model');
  const { histories, checks, passed, messages } = await runModel(seed);
  for (const message of messages) process.stderr.write(`${message}\n`);
  const verdict = passed ? 'agree' : 'do not all agree';
  return {
    line: `model runs: ${histories} random histories ${verdict} (${checks.join(', ')}), seed ${seed}`,
    passed,
  };
}

/** `must`: no network is a failure. */
async function digests(mode: 'try' | 'must'): Promise<Part> {
  progress('the contracts against Sui’s own framework, from GitHub');
  const result = await compareFrameworks();
  const line = `package digest: ${result.own}, `;
  switch (result.verdict) {
    case 'same':
      return { line: `${line}the same against the framework of Sui ${result.suiVersion}`, passed: true };
    case 'different':
      return {
        line: `${line}but ${result.sui} against the framework of Sui ${result.suiVersion}`,
        passed: false,
      };
    case 'not compared':
      return {
        line: `${line}not compared with Sui’s own framework: ${result.reason}`,
        passed: mode === 'try',
      };
  }
}

/** Runs every test of the contracts; its last lines are what it counted. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      programs: { type: 'string', default: '240' },
      functions: { type: 'string', default: '480' },
      'sui-framework': { type: 'string', default: 'try' },
      'without-model': { type: 'boolean', default: false },
    },
  });
  const seed = number('seed', values.seed ?? String(randomInt(2 ** 31)));
  const mode = values['sui-framework'];
  if (mode !== 'try' && mode !== 'must' && mode !== 'never')
    throw new TypeError(`--sui-framework ${mode}: try, must or never`);
  progress(`seed ${seed}`);
  const parts = [
    await unitTests(),
    await differential(seed, number('programs', values.programs), number('functions', values.functions)),
    ...(mode === 'never' ? [] : [await digests(mode)]),
    ...(values['without-model'] ? [] : [await model(seed)]),
  ];
  process.stdout.write(`${parts.map(({ line }) => line).join('\n')}\n`);
  if (parts.some(({ passed }) => !passed)) {
    process.stderr.write(`replay with: npm run test:contracts -- --seed ${seed}\n`);
    process.exitCode = 1;
  }
}

function number(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new TypeError(`--${name} ${text}: not a number`);
  return value;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n${USAGE}\n`);
  process.exitCode = error instanceof TypeError ? 2 : 3;
}
