/**
 * The suite as a library: load a target, start it, run checks on it, build and write reports. The command line in cli/ is
 * a thin layer over these.
 */
export { HarnessError, SuiteError, TargetError, UsageError, describeError } from './errors.ts';
export { loadCatalogue, type Catalogue, type Profile, type Requirement } from './requirements/catalogue.ts';
export { loadTarget, parseTarget, type LoadedTarget } from './target/load.ts';
export { loadBundled } from './target/bundled.ts';
export type { TargetFile } from './target/types.ts';
export { World, type WorldOptions } from './target/world.ts';
export type { WorldInfo } from './target/world-info.ts';
export { runSuite, type SuiteOptions, type SuiteResult } from './runner/run-suite.ts';
export { check, defineChecks, type Check, type CheckOptions } from './runner/check.ts';
export { CheckContext, Session } from './runner/context.ts';
export { CheckFailure, Untestable } from './runner/outcome.ts';
export * as expectations from './runner/expectations.ts';
export { exitCode, type Report, type Verdict } from './report/model.ts';
export { renderHtml } from './report/html.ts';
export { renderJson } from './report/json.ts';
export { renderJunit } from './report/junit.ts';
export { renderStepSummary } from './report/step-summary.ts';
export { renderSummary } from './report/summary.ts';
export { createRedactor, type Redactor } from './report/redact.ts';
