import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { poll } from '../../../conformance/drivers/wait.ts';
import { PACKAGE_ROOT } from '../../../conformance/paths.ts';
import { freePorts } from '../../../conformance/target/free-port.ts';
import { daas } from '../../../conformance/testing/daas.ts';
import type { ScenarioReport } from '../../model.ts';

const STAND_IN = join(PACKAGE_ROOT, 'docker/stand-in-k3s.ts');
const OTHERS = 'somebody-elses';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'daas-clusters-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function played(args: string[], env: Record<string, string> = {}) {
  const more = ['--json', '--report-dir', dir, '--seed', '5'];
  const { code, stdout, stderr } = await daas(['scenario', 'run', ...args, ...more], { env });
  return { code, stderr, report: JSON.parse(stdout || '{}') as ScenarioReport };
}

/** The stand-in as a program that can be called as k3s is. */
async function standInBinary(): Promise<string> {
  const path = join(dir, 'stand-in-k3s');
  await writeFile(path, `#!/bin/sh\nexec ${process.execPath} ${STAND_IN} "$@"\n`);
  await chmod(path, 0o755);
  return path;
}

/** A scenario of the test's own; its first step makes the administrator. */
async function written(name: string, steps: string, more = ''): Promise<string> {
  const path = join(dir, `${name}.yaml`);
  await writeFile(
    path,
    `title: A scenario of a test\n${more}steps:\n  - { do: actor, name: admin }\n${steps}`,
  );
  return path;
}

describe('on a stand-in for k3s, which is not k3s', { timeout: 120_000 }, () => {
  it('k3s-binary: the program that K3S_BIN names is started, played on and stopped', async () => {
    const { code, stderr, report } = await played(['pod-creation', '--provider', 'k3s-binary'], {
      K3S_BIN: await standInBinary(),
    });
    expect(code, stderr).toBe(0);
    expect(report).toMatchObject({ provider: 'k3s-binary', outcome: 'pass' });
    const [scenario] = report.scenarios;
    expect(scenario?.cluster).toContain('stand-in-k3s server --disable-agent');
    expect(scenario?.evidence[0]?.workers?.[0]).toMatchObject({ pod: 'hello' });
  });

  it('k3s-binary: a program that ends at once is told with its last words', async () => {
    const { code, report } = await played(['pod-creation', '--provider', 'k3s-binary'], {
      K3S_BIN: '/bin/false',
    });
    expect(code).toBe(3);
    expect(report.scenarios[0]?.reason).toContain('/bin/false ended');
  });

  it.each([
    ['k3s', 'K3S_IMAGE does not name the image'],
    ['k3s-binary', 'K3S_BIN does not say where'],
  ])('%s: says what it wants when it has none', async (provider, message) => {
    const { code, report } = await played(['pod-creation', '--provider', provider], {
      K3S_IMAGE: '',
      K3S_BIN: '',
    });
    expect(code).toBe(3);
    expect(report.scenarios[0]?.reason).toContain(message);
  });
});

describe(
  'on a cluster that exists already (a stand-in: the API of the reference)',
  { timeout: 120_000 },
  () => {
    let kubeconfig = '';
    const onIt = (): string[] => ['--provider', 'kubeconfig', '--kubeconfig', kubeconfig];
    let api: CoreV1Api;
    let server: ChildProcess | undefined;
    beforeAll(async () => {
      const [port] = await freePorts(1);
      kubeconfig = join(dir, 'existing');
      const flags = [
        `--data-dir=${join(dir, 'data')}`,
        `--https-listen-port=${port}`,
        '--bind-address=127.0.0.1',
      ];
      server = spawn(
        process.execPath,
        [STAND_IN, 'server', '--disable-agent', ...flags, `--write-kubeconfig=${kubeconfig}`],
        { stdio: 'ignore' },
      );
      await poll(() => readFile(kubeconfig, 'utf8').catch(() => undefined), {
        timeoutMs: 20_000,
        intervalMs: 50,
      });
      const config = new KubeConfig();
      config.loadFromFile(kubeconfig);
      api = config.makeApiClient(CoreV1Api);
      await api.createNamespace({ body: { metadata: { name: OTHERS } } });
      await api.createNode({ body: { metadata: { name: OTHERS } } });
    });
    afterAll(async () => {
      if (!server) return;
      const ended = once(server, 'exit');
      server.kill('SIGTERM');
      await ended;
    });

    it('plays in a namespace of its own and leaves nothing but what was there', async () => {
      const { code, stderr, report } = await played(['worker-slashed', 'pod-creation', ...onIt()]);
      expect(code, stderr).toBe(0);
      expect(report.scenarios.map(({ verdict }) => verdict)).toEqual(['pass', 'pass']);
      const namespaces = (await api.listNamespace()).items.map(({ metadata }) => metadata?.name);
      expect(namespaces.toSorted()).toEqual([
        'default',
        'kube-node-lease',
        'kube-public',
        'kube-system',
        OTHERS,
      ]);
      expect((await api.listNode()).items.map(({ metadata }) => metadata?.name)).toEqual([OTHERS]);
    });

    it('cleans up after a scenario that fails, too', async () => {
      const file = await written(
        'fails',
        '  - { do: worker, name: first }\n  - { do: request, path: /version, expect: { status: 418 } }\n',
      );
      const { code, report } = await played([file, ...onIt()]);
      expect([code, report.scenarios[0]?.verdict]).toEqual([1, 'fail']);
      expect(report.scenarios[0]?.steps[1]).toMatchObject({ step: 'worker', verdict: 'pass' });
      expect((await api.listNode()).items.map(({ metadata }) => metadata?.name)).toEqual([OTHERS]);
    });

    it('what the cluster lacks makes a scenario untestable, with the reason in the report', async () => {
      const file = await written('needs-containers', '', 'needs: [realPods, rbac]\n');
      const { code, report } = await played([file, ...onIt()]);
      expect([code, report.outcome]).toEqual([1, 'fail']);
      const reason =
        'it needs a cluster whose nodes run containers (no Ready node of it has a container runtime); ' +
        'it needs a cluster with role-based access control of its own (the cluster serves no rbac.authorization.k8s.io)';
      expect(report.scenarios[0]).toMatchObject({ name: 'needs-containers', verdict: 'untestable', reason });
      expect(report.lacking).toEqual([reason]);
    });

    it('a kubeconfig of nobody there is told as what it is', async () => {
      const dead = join(dir, 'dead');
      await writeFile(dead, (await readFile(kubeconfig, 'utf8')).replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1'));
      const { code, report } = await played([
        'pod-creation',
        '--provider',
        'kubeconfig',
        '--kubeconfig',
        dead,
      ]);
      expect(code).toBe(3);
      expect(report.scenarios[0]?.reason).toContain('the cluster at https://127.0.0.1:1 does not answer');
    });
  },
);
