import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { UsageError } from '../errors.ts';
import type { Report } from '../report/model.ts';
import { CheckContext, Session } from '../runner/context.ts';
import { loadBundled } from '../target/bundled.ts';
import { loadTarget } from '../target/load.ts';
import { World } from '../target/world.ts';
import { FakeMaster } from '../world/fake-master.ts';
import type { FakeRequest } from '../world/fake-messages.ts';
import { faultPlan, parseFaultPlan, type FaultPlan } from '../world/fault-plan.ts';
import { FaultPort } from '../world/fault-port.ts';
import { natural } from './arguments.ts';
import { untilInterrupted } from './interrupt.ts';
import { createProgress } from './progress.ts';

interface FaultsOptions {
  target?: string;
  plan?: string;
  replay?: string;
  check?: string;
  seconds?: string;
  port: string;
}

export function faultsCommand(): Command {
  return new Command('faults')
    .description(
      'start the worker of a target at a master that fails by a fault plan, and print what they say',
    )
    .option('--target <file>', 'target file; the bundled reference unless told')
    .option('--plan <file>', 'fault plan, YAML or JSON')
    .option('--replay <report>', 'take the plan of a check from the report of a run (report.json)')
    .option('--check <id>', 'which check, with --replay')
    .option(
      '--seconds <n>',
      'stop after so many seconds; at the end of the worker, or by Ctrl-C, unless told',
    )
    .option('--port <n>', 'management port: PUT, GET, DELETE /plan and GET /requests', '0')
    .addHelpText(
      'after',
      '\nExamples:\n  $ daas faults --plan plan.yaml --seconds 30\n  $ daas faults --replay reports/report.json --check WK-BEAT-005\n',
    )
    .action(faults);
}

async function faults(options: FaultsOptions): Promise<void> {
  const port = natural('--port', options.port, 0, 65_535);
  const seconds =
    options.seconds === undefined ? undefined : natural('--seconds', options.seconds, 1, 86_400);
  const plan = await planOf(options);
  const target = options.target ? await loadTarget(options.target) : await loadBundled();
  if (!target.file.worker) throw new UsageError('the target file names no worker');
  const { gateway: _gateway, master: _master, ...rest } = target.file;
  const progress = createProgress();
  const interrupted = untilInterrupted();
  try {
    await using world = await World.start({
      target: { ...target, file: rest },
      seed: plan?.seed ?? 1,
      strict: false,
      progress: progress.step,
      signal: interrupted.signal,
    });
    await using session = new Session(world.info);
    await using t = new CheckContext(session, plan?.seed ?? 1, interrupted.signal);
    const master = await FakeMaster.start(t);
    master.obey(plan);
    await using management = await FaultPort.start(master, port);
    progress.end();
    process.stdout.write(`master ${master.url}\nmanagement port ${management.url}\n`);
    const from = Date.now();
    const worker = await t.control.startWorker({ values: master.values });
    t.defer(() => t.control.kill({ part: worker.id }));
    const ended = endOf(t, worker.id, interrupted.signal);
    const over = seconds === undefined ? [] : [after(seconds * 1000)];
    let told = 0;
    const telling = setInterval(() => {
      // One that is neither answered nor given up yet is told of when it is.
      while (master.requests[told] && isOver(master.requests[told]!)) {
        process.stdout.write(`${line(master.requests[told]!, from)}\n`);
        told += 1;
      }
    }, 100);
    const end = await Promise.race([ended, interrupted.promise, ...over]);
    clearInterval(telling);
    if (end) process.stdout.write(`the worker ended: ${JSON.stringify(end)}\n`);
    process.stdout.write(`${master.requests.length} requests, ${master.hits.length} faults\n`);
  } finally {
    interrupted.release();
  }
}

/** The plan that the options name; undefined: an honest master. */
async function planOf({ plan, replay, check }: FaultsOptions): Promise<FaultPlan | undefined> {
  if (plan !== undefined && replay !== undefined)
    throw new UsageError('--plan and --replay both name a fault plan: give one of them');
  if (plan !== undefined) return parseFaultPlan(await textOf(plan));
  if (replay === undefined) return undefined;
  const report = JSON.parse(await textOf(replay)) as Report;
  const all = report.requirements.flatMap(({ checks }) => checks);
  const having = all.filter(({ fault_plans }) => fault_plans !== undefined);
  const ids = having.map(({ id }) => id).join(', ') || 'none';
  const found = having.find(({ id }) => id === check);
  if (!found) {
    throw new UsageError(
      `${check === undefined ? '--replay needs --check' : `the report has no fault plan of ${check}`}`,
      { hint: `checks of the report with a fault plan: ${ids}` },
    );
  }
  return faultPlan(found.fault_plans?.at(-1));
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`${file} cannot be read`, { cause });
  }
}

const isOver = ({ answered, givenUpAt, route }: FakeRequest): boolean =>
  answered !== undefined || givenUpAt !== undefined || route === 'kubernetes';

function line({ at, method, target, answered, givenUpAt }: FakeRequest, from: number): string {
  const outcome = answered?.status ?? (givenUpAt === undefined ? '' : `given up after ${givenUpAt - at} ms`);
  return `${((at - from) / 1000).toFixed(2).padStart(7)} s  ${method} ${target.split('?', 1)[0]}  ${outcome}`;
}

async function endOf(t: CheckContext, part: string, signal: AbortSignal) {
  while (!signal.aborted) {
    const { exit } = await t.control.ended({ part, withinMs: 1_000 });
    if (exit) return exit;
  }
  return undefined;
}

function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms).unref());
}
