import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { daas } from '../conformance/testing/daas.ts';
import type { ScenarioReport } from './model.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'daas-scenarios-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function played(...args: string[]) {
  const { code, stdout, stderr } = await daas([
    'scenario',
    'run',
    ...args,
    '--json',
    '--report-dir',
    dir,
    '--seed',
    '5',
  ]);
  return { code, stderr, report: JSON.parse(stdout || '{}') as ScenarioReport };
}

describe('daas scenario run', { timeout: 120_000 }, () => {
  it('follows each request through gateway, chain, enclave and worker under one id, and writes a timeline', async () => {
    const { code, report, stderr } = await played('pod-creation');
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('✓ 10/10');
    const [scenario] = report.scenarios;
    const [created] = scenario!.evidence;
    expect(created).toMatchObject({
      method: 'POST',
      gateway: { audit_id: created!.request_id, status: 201, body_digest: created!.chain.result.body_digest },
      enclave: { key_version: 1 },
      workers: [{ pod: 'hello', node: expect.any(String), pod_ip: expect.stringMatching(/^\d+\./) }],
    });
    expect(scenario!.moments.map(({ what }) => what).join()).toContain(created!.request_id.slice(0, 8));
    const html = await readFile(join(dir, 'scenarios.html'), 'utf8');
    expect(html).toContain('aria-label="Timeline"');
    expect(html).toContain(created!.request_id);
  });

  // One mutant of each part, and one of the chain's following: a scenario that cannot fail shows nothing.
  it.each([
    ['user-without-permission', 'permissions-unchecked', 'secrets: 403 Forbidden'],
    ['chain-outage', 'fail-closed-for-cached', 'pods: 200'],
    ['master-killed', 'crash-loses-writes', 'within 5 s of the kill'],
    ['worker-partitioned', 'never-offline', 'is not Ready'],
    ['pod-creation', 'response-signed-wrongly', 'stakes as admin'],
  ])('%s fails on the mutant %s, with the logs of all parts', async (name, mutant, step) => {
    const { code, report, stderr } = await played(name, '--env', `K3S_DAAS_MUTANT=${mutant}`);
    expect(code, stderr).toBe(1);
    const [scenario] = report.scenarios;
    expect(scenario).toMatchObject({ name, verdict: 'fail', reason: expect.stringContaining(step) });
    expect(Object.keys(scenario!.logs ?? {})).toEqual(expect.arrayContaining(['gateway', 'master']));
    expect(JSON.stringify(scenario)).not.toMatch(/suiprivkey1[a-z0-9]{8}|seal1\.[\w-]{8}/);
    expect(scenario!.steps.at(-1)?.verdict).not.toBe('pass');
  });

  it('says which names there are', async () => {
    const { code, stderr } = await daas(['scenario', 'run', 'pod-creatoin']);
    expect(code).toBe(2);
    expect(stderr).toContain('scenarios are chain-outage, ');
  });
});
