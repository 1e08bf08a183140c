import { spawn, type ChildProcess } from 'node:child_process';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpDriver } from '../drivers/http.ts';
import { Kubectl } from '../drivers/kubectl.ts';
import { poll } from '../drivers/wait.ts';
import { PACKAGE_ROOT } from '../paths.ts';

const DAAS = join(PACKAGE_ROOT, 'conformance/cli/daas.mjs');
const podManifest = (name: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ name: 'main', image: 'nginx' }] },
  });

let dir = '';
let up: ChildProcess;
let stdout = '';

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'daas-up-'));
  up = spawn(process.execPath, [DAAS, 'up', '--dir', dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, CI: 'true' },
  });
  up.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const ready = await poll(() => (stdout.includes('Ctrl-C stops everything') ? true : undefined), {
    timeoutMs: 60_000,
  });
  if (!ready) throw new Error(`daas up was not ready within 60 s; it said: ${stdout}`);
}, 90_000);

afterAll(async () => {
  up?.kill('SIGKILL');
  await rm(dir, { recursive: true, force: true });
});

function daas(args: string[]): Promise<string> {
  const child = spawn(process.execPath, [DAAS, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve) => child.once('close', () => resolve(text)));
}

describe('daas up', () => {
  it('prints where everything is and how to go on', () => {
    expect(stdout).toMatch(/gateway +https:\/\/127\.0\.0\.1:\d+/);
    expect(stdout).toContain(`export KUBECONFIG=${join(dir, 'kubeconfig')}`);
  });

  it('lets a client in with what `daas credential` prints', async () => {
    const config = parse(await readFile(join(dir, 'kubeconfig'), 'utf8')) as {
      clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
    };
    const { server, 'certificate-authority-data': data } = config.clusters[0]!.cluster;
    await using http = new HttpDriver({ baseUrl: server, ca: Buffer.from(data, 'base64').toString() });
    const credential = (await daas(['credential', '--wallet', join(dir, 'admin.json'), '--raw'])).trim();
    const headers = { authorization: `Bearer ${credential}`, 'content-type': 'application/json' };
    const created = await http.send('POST', '/api/v1/namespaces/default/pods', {
      headers,
      body: podManifest('by-http'),
    });
    expect(created.status, created.text).toBe(201);
    const phase = await poll(
      async () => {
        const answer = await http.send('GET', '/api/v1/namespaces/default/pods/by-http', { headers });
        return answer.text.includes('"phase":"Running"') ? 'Running' : undefined;
      },
      { timeoutMs: 20_000 },
    );
    expect(phase).toBe('Running');
  }, 60_000);

  it('prints an ExecCredential for kubectl', async () => {
    const document = JSON.parse(await daas(['credential', '--wallet', join(dir, 'user.json')])) as {
      status: { token: string; expirationTimestamp: string };
    };
    expect(document).toMatchObject({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential' });
    expect(document.status.token).toMatch(/^seal1\./);
    expect(Date.parse(document.status.expirationTimestamp)).toBeGreaterThan(Date.now());
  });

  describe.skipIf(!process.env['KUBECTL'])('with a stock kubectl (KUBECTL names it)', () => {
    it('gets nodes, applies a pod, sees it Running in get -w, deletes it', { timeout: 120_000 }, async () => {
      const kubectl = new Kubectl({ kubeconfig: join(dir, 'kubeconfig'), cacheDir: join(dir, 'cache') });
      const nodes = await kubectl.run(['get', 'nodes']);
      expect(nodes).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^NAME +STATUS[\s\S]*node-1-\w+ +Ready/),
      });
      const watch = kubectl.follow(['get', 'pods', '-w', '--no-headers']);
      const lines: string[] = [];
      const reading = (async () => {
        for await (const line of watch.lines) lines.push(line);
      })();
      try {
        const applied = await kubectl.run(['apply', '-f', '-'], { stdin: podManifest('by-kubectl') });
        expect(applied).toMatchObject({ code: 0, stdout: 'pod/by-kubectl created\n' });
        const running = await poll(() => lines.find((line) => /^by-kubectl .*Running/.test(line)), {
          timeoutMs: 20_000,
        });
        expect(running, lines.join('\n')).toBeDefined();
        const deleted = await kubectl.run(['delete', 'pod', 'by-kubectl', '--grace-period=1'], {
          timeoutMs: 60_000,
        });
        expect(deleted).toMatchObject({
          code: 0,
          stdout: expect.stringContaining('pod "by-kubectl" deleted'),
        });
        expect(await kubectl.run(['get', 'pod', 'by-kubectl'])).toMatchObject({
          code: 1,
          stderr: expect.stringContaining('NotFound'),
        });
      } finally {
        watch.stop();
        await reading;
      }
    });

    it('refuses what the user’s stake does not pay for', { timeout: 60_000 }, async () => {
      const kubectl = new Kubectl({ kubeconfig: join(dir, 'kubeconfig'), cacheDir: join(dir, 'cache') });
      const denied = await kubectl.run(['--context', 'k3s-daas-user', 'get', 'nodes']);
      expect(denied).toMatchObject({ code: 1, stderr: expect.stringContaining('(Forbidden)') });
    });
  });

  it('stops everything on Ctrl-C and removes the keys it wrote', { timeout: 60_000 }, async () => {
    const ended = new Promise((resolve) => up.once('close', resolve));
    up.kill('SIGINT');
    expect(await ended).toBe(0);
    await expect(access(join(dir, 'admin.json'))).rejects.toThrow();
  });
});
