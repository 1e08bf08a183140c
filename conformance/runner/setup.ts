import { afterAll, inject, test } from 'vitest';
import type { CheckResult } from '../report/model.ts';
import { installRegistrar, type Check } from './check.ts';
import { Session } from './context.ts';
import { runAttempts } from './run-check.ts';
import { settled } from './settled.ts';

/** What the main process hands to the processes that run checks. */
export interface RunPlan {
  world: ConstructorParameters<typeof Session>[0];
  /** Ids of the checks to run. */
  ids: string[];
  exclusive: boolean;
  repeat: number;
}

declare module 'vitest' {
  interface ProvidedContext {
    plan: RunPlan;
  }
  interface TaskMeta {
    results?: [CheckResult, ...CheckResult[]];
  }
}

const CLEANUP_MS = 30_000;
const plan = inject('plan');
const ids = new Set(plan.ids);
let session: Session | undefined;

installRegistrar((checks) => {
  const chosen = checks.filter((check) => ids.has(check.id) && check.exclusive === plan.exclusive);
  for (const check of chosen) register(check);
});

afterAll(async () => {
  await session?.[Symbol.asyncDispose]();
  session = undefined;
});

function register(check: Check): void {
  const run = plan.exclusive || check.startsParts ? test : test.concurrent;
  run(check.id, { timeout: (check.timeoutMs + CLEANUP_MS) * plan.repeat }, async ({ task }) => {
    session ??= new Session(plan.world);
    if (plan.exclusive) await settled(session);
    task.meta.results = await runAttempts(check, session, plan.repeat);
  });
}
