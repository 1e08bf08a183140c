import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../report/model.ts';
import { daas } from '../testing/daas.ts';
import { ControlPlane } from './control-plane.ts';

const programs = process.env['KUBERNETES'] ?? '';
const seed = process.env['PEER_SEED'] ?? '1';

/** Needs what `.ci/kubernetes` builds. */
describe.skipIf(programs === '')('Kubernetes itself', () => {
  const stack = new AsyncDisposableStack();
  let dir = '';
  let kubeconfig = '';

  beforeAll(async () => {
    ({ kubeconfig } = stack.use(await ControlPlane.start(programs)));
    dir = await mkdtemp(join(tmpdir(), 'daas-kubernetes-target-'));
    stack.defer(() => rm(dir, { recursive: true, force: true }));
  }, 240_000);

  afterAll(() => stack.disposeAsync(), 60_000);

  it('is what the profile kubernetes-api calls conformant', { timeout: 300_000 }, async () => {
    const target = join(dir, 'cluster.yaml');
    await writeFile(target, stringify({ schema_version: 1, name: 'kubernetes', kubernetes: { kubeconfig } }));
    const args = [
      '--target',
      target,
      '--seed',
      seed,
      '--format',
      'json',
      '--report-dir',
      join(dir, 'reports'),
    ];
    const { stdout, stderr, code } = await daas(['run', ...args]);
    expect(stdout, stderr).not.toBe('');
    const { requirements, outcome, profiles } = JSON.parse(stdout) as Report;
    const checks = requirements.flatMap((requirement) => requirement.checks);
    process.stdout.write(`checks on Kubernetes: ${checks.length}\n`);
    const wrong = checks.filter(({ verdict }) => verdict !== 'pass');
    expect(wrong.map(({ id, verdict, message, got }) => ({ id, verdict, message, got }))).toEqual([]);
    expect(profiles.map(({ name }) => name)).toEqual(['kubernetes-api']);
    expect(checks.length).toBeGreaterThan(100);
    expect([outcome, code]).toEqual(['conformant', 0]);
  });

  it('carries the scenarios behind the master of the reference', { timeout: 600_000 }, async () => {
    const args = ['--provider', 'kubeconfig', '--kubeconfig', kubeconfig, '--seed', seed];
    const { stdout, stderr, code } = await daas([
      'scenario',
      'run',
      ...args,
      '--report-dir',
      join(dir, 'scenarios'),
    ]);
    expect(code, `${stdout}\n${stderr}`).toBe(0);
    expect(stdout).toMatch(/(\d+) of \1 scenarios passed, provider kubeconfig/);
  });
});
