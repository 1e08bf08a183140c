import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report } from '../../conformance/report/model.ts';
import { daas, type Ended } from '../../conformance/testing/daas.ts';
import { startHttpsCluster, type HttpsCluster } from './testing/https-cluster.ts';

let dir = '';
let cluster: HttpsCluster;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'daas-cluster-'));
  cluster = await startHttpsCluster({ dir });
});
afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

/** Runs `daas run` on a target file that names a kubeconfig with this text. */
async function run(
  name: string,
  kubeconfig: string,
  { more = {}, args = [], interruptAfter }: { more?: object; args?: string[]; interruptAfter?: RegExp } = {},
): Promise<Ended & { report: Report }> {
  await writeFile(join(dir, `${name}.kubeconfig`), kubeconfig, { mode: 0o600 });
  const kubernetes = { kubeconfig: `${name}.kubeconfig`, ...more };
  const target = join(dir, `${name}.yaml`);
  await writeFile(target, JSON.stringify({ schema_version: 1, name, kubernetes }));
  const ended = await daas(
    ['run', '--target', target, '--seed', '1', '--format', 'json', '--report-dir', join(dir, name), ...args],
    interruptAfter ? { interruptAfter } : {},
  );
  return { ...ended, report: (ended.stdout === '' ? {} : JSON.parse(ended.stdout)) as Report };
}

/** Namespaces that are there beside those of the control plane. */
async function strangeNamespaces(): Promise<string[]> {
  const { items } = (await ask('/api/v1/namespaces')) as { items: { metadata: { name: string } }[] };
  return items.map(({ metadata }) => metadata.name).filter((one) => !/^(default|kube-.*)$/.test(one));
}

async function ask(path: string): Promise<unknown> {
  const { Agent, fetch } = await import('undici');
  const dispatcher = new Agent({ connect: { ca: cluster.identity.ca } });
  const headers = { authorization: `Bearer ${cluster.identity.token}` };
  const answer = await fetch(cluster.url + path, { dispatcher, headers });
  const body = await answer.json();
  await dispatcher.close();
  return body;
}

describe('a cluster known by a kubeconfig', { timeout: 180_000 }, () => {
  it('is checked as a whole, by certificate, and nothing is left there', async () => {
    const { code, report, stderr } = await run('whole', cluster.kubeconfig('certificate'));
    const checks = report.requirements.flatMap((requirement) => requirement.checks);
    const wrong = checks.filter(({ verdict }) => verdict !== 'pass');
    expect(
      wrong.map(({ id, verdict, message }) => ({ id, verdict, message })),
      stderr,
    ).toEqual([]);
    process.stdout.write(`checks on a cluster of the reference: ${checks.length} passed\n`);
    expect(checks.length).toBeGreaterThan(100);
    expect(report.profiles.map(({ name, verdict }) => [name, verdict])).toEqual([['kubernetes-api', 'pass']]);
    expect(report.target).toMatchObject({ name: 'whole', features: [], chain: 'none' });
    expect(code).toBe(0);
    expect(await strangeNamespaces()).toEqual([]);
  });

  it('may have an exec plugin, or a token file, say who asks', async () => {
    const credential = { kind: 'ExecCredential', status: { token: cluster.identity.token } };
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: ['-p', JSON.stringify(JSON.stringify(credential))],
    };
    await writeFile(join(dir, 'token'), `${cluster.identity.token}\n`);
    for (const user of [{ exec }, { tokenFile: 'token' }]) {
      const parsed = JSON.parse(cluster.kubeconfig('token')) as object;
      const kubeconfig = JSON.stringify({ ...parsed, users: [{ name: 'default', user }] });
      const { code, stderr } = await run('plugin', kubeconfig, { args: ['--only', 'GW-READ-001'] });
      expect(code, stderr).toBe(0);
    }
  });

  it('that breaks a rule is not conformant', async () => {
    await using broken = await startHttpsCluster({
      dir: await mkdtemp(join(dir, 'broken-')),
      // Nobody may ever remove anything.
      authorize: ({ verb, resource }) =>
        verb !== 'delete' || resource === 'namespaces'
          ? { allowed: true }
          : { allowed: false, reason: 'nothing is removed here' },
    });
    const { code, report } = await run('broken', broken.kubeconfig('token'), {
      args: ['--only', 'GW-WRT-010'],
    });
    const [check] = report.requirements.flatMap(({ checks }) => checks);
    expect(check).toMatchObject({
      id: 'GW-WRT-010',
      verdict: 'fail',
      message: 'answered 403 instead of 200',
    });
    expect(code).toBe(1);
  });

  it('is left as it was after Ctrl-C', async () => {
    const { code, stderr } = await run('interrupted', cluster.kubeconfig('token'), {
      interruptAfter: /^\d+\/\d+ /m,
    });
    expect(stderr).toContain('interrupted');
    expect(code).toBe(3);
    expect(await strangeNamespaces()).toEqual([]);
  });

  it.each([
    ['no-context', (text: string) => text, { context: 'other' }, /has no context other\n.*one of default/s],
    ['no-kubeconfig', () => '[]', {}, /is no kubeconfig|has no current context/],
    [
      'stranger',
      (text: string) => text.replace(/"token": ".*"/, '"token": "other"'),
      {},
      /answers 401 to the user/,
    ],
    [
      'no-verification',
      (text: string) =>
        text.replace(/"certificate-authority-data": ".*"/, '"insecure-skip-tls-verify": true'),
      {},
      /insecure-skip-tls-verify\n.*certificate-authority-data/s,
    ],
    [
      'no-such-stand-in',
      (text: string) => text,
      { stand_ins: { configmaps: { group: 'apps', version: 'v1', plural: 'widgets', kind: 'Widget' } } },
      /does not serve apps\/v1\/widgets\n.*apps\/v1\/deployments/s,
    ],
  ])('is refused with what to do: %s', async (name, change, more, words) => {
    const { code, stderr } = await run(name, change(cluster.kubeconfig('token')), { more });
    expect(stderr).toMatch(words);
    expect(code).toBe(2);
  });

  it('that does not answer is untestable, with the reason', async () => {
    const { code, report } = await run('nobody', cluster.kubeconfig('token', 'https://127.0.0.1:1'));
    expect(code).toBe(1);
    expect(report.requirements.every(({ verdict }) => verdict === 'untestable')).toBe(true);
    expect(JSON.stringify(report.environment.missing)).toContain('ECONNREFUSED');
  });
});
