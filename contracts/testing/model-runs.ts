import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the model-based checks of the conformance suite found. */
export interface ModelRuns {
  readonly checks: readonly string[];
  /** Random histories, of all checks together. */
  readonly histories: number;
  readonly passed: boolean;
  /** What went wrong. */
  readonly messages: readonly string[];
}

interface Report {
  readonly requirements: readonly {
    readonly checks: readonly { readonly id: string; readonly verdict: string; readonly message?: string }[];
  }[];
}

/** The checks that run random histories against `conformance/checks/contracts/model.ts`. */
const CHECKS = ['CT-STK-026', 'CT-STK-027'];
const ROOT = join(import.meta.dirname, '../..');
const CHECK_FILE = join(ROOT, 'conformance/checks/contracts/conservation.check.ts');

/** Runs them on the bundled reference, as a user of the suite would. Throws Error when the suite itself breaks. */
export async function runModel(seed: number): Promise<ModelRuns> {
  const dir = await mkdtemp(join(tmpdir(), 'model-runs-'));
  try {
    const words = await daas([
      'run',
      '--only',
      ...CHECKS,
      '--seed',
      String(seed),
      '--report-dir',
      dir,
      '--format',
      'none',
    ]);
    const text = await readFile(join(dir, 'report.json'), 'utf8').catch(() => undefined);
    if (text === undefined) throw new Error(`the suite wrote no report:\n${words}`);
    const report = JSON.parse(text) as Report;
    const checks = report.requirements
      .flatMap((requirement) => requirement.checks)
      .filter(({ id }) => CHECKS.includes(id));
    const wrong = checks.filter(({ verdict }) => verdict !== 'pass');
    return {
      checks: checks.map(({ id }) => id),
      histories: checks.length * (await historiesOfACheck()),
      passed: checks.length === CHECKS.length && wrong.length === 0,
      messages: wrong.map(({ id, verdict, message }) => `${id}: ${verdict} ${message ?? ''}`),
    };
  } finally {
    await rm(dir, { recursive: true });
  }
}

async function daas(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [join(ROOT, 'conformance/cli/daas.mjs'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  await once(child, 'close');
  return words;
}

/** The report does not say how many histories a check ran; the check itself does. */
async function historiesOfACheck(): Promise<number> {
  const count = /^(?:export )?const HISTORIES = (\d+);$/mu.exec(await readFile(CHECK_FILE, 'utf8'))?.[1];
  if (count === undefined) throw new Error(`${CHECK_FILE} does not say HISTORIES`);
  return Number(count);
}
