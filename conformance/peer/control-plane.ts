import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { generateKeyPairSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { HttpDriver } from '../drivers/http.ts';
import { poll } from '../drivers/wait.ts';
import { HarnessError } from '../errors.ts';
import { freePorts } from '../target/free-port.ts';
import type { TargetProcess } from '../target/process.ts';
import { peerCertificates } from './certificates.ts';
import { apiserverFlags, startEtcd, startServer } from './server.ts';

const READY_MS = 90_000;

/**
 * Kubernetes' own control plane, from the folder that `.ci/kubernetes` fills: kube-apiserver on etcd, controllers and
 * scheduler, on 127.0.0.1. There are no nodes.
 */
export class ControlPlane implements AsyncDisposable {
  /** Of an administrator. */
  readonly kubeconfig: string;
  readonly #stack: AsyncDisposableStack;

  private constructor(kubeconfig: string, stack: AsyncDisposableStack) {
    this.kubeconfig = kubeconfig;
    this.#stack = stack;
  }

  /** Starts all of it. Throws HarnessError when it does not come up. */
  static async start(programs: string): Promise<ControlPlane> {
    await using failing = new AsyncDisposableStack();
    const dir = await mkdtemp(join(tmpdir(), 'daas-kubernetes-'));
    failing.defer(() => rm(dir, { recursive: true, force: true }));
    const [clients = 0, peers = 0, port = 0, ...others] = await freePorts(5);
    const url = `https://127.0.0.1:${port}`;
    const http = failing.use(await writeFiles(dir, url));
    const start = async (server: Promise<TargetProcess>): Promise<TargetProcess> => {
      const started = await server;
      failing.defer(async () => void (await started.stop('SIGTERM', 10_000)));
      return started;
    };
    await start(startEtcd(join(programs, 'etcd'), dir, [clients, peers]));
    const apiserver = await start(startApiserver(programs, dir, port, `http://127.0.0.1:${clients}`));
    await untilServed(http, apiserver, '/readyz');
    for (const [index, name] of ['kube-controller-manager', 'kube-scheduler'].entries())
      await start(startController(programs, dir, name, others[index] ?? 0));
    // Without it no pod is admitted; it is the controllers' first work.
    await untilServed(http, apiserver, '/api/v1/namespaces/default/serviceaccounts/default');
    return new ControlPlane(join(dir, 'kubeconfig'), failing.move());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** Certificates, the key of service accounts and the kubeconfig; answers an administrator's way to the API. */
async function writeFiles(dir: string, url: string): Promise<HttpDriver> {
  const { ca, server, client } = await peerCertificates();
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kubeconfig = {
    'current-context': 'kubernetes',
    clusters: [{ name: 'kubernetes', cluster: { server: url, 'certificate-authority': 'ca.crt' } }],
    users: [{ name: 'admin', user: { 'client-certificate': 'client.crt', 'client-key': 'client.key' } }],
    contexts: [{ name: 'kubernetes', context: { cluster: 'kubernetes', user: 'admin' } }],
  };
  const contents = {
    'ca.crt': ca,
    'tls.crt': server.cert,
    'tls.key': server.key,
    'client.crt': client.cert,
    'client.key': client.key,
    'accounts.key': privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    kubeconfig: stringify({ apiVersion: 'v1', kind: 'Config', ...kubeconfig }),
  };
  await mkdir(join(dir, 'etcd'), { mode: 0o700 });
  for (const [name, content] of Object.entries(contents))
    await writeFile(join(dir, name), content, { mode: 0o600 });
  return new HttpDriver({ baseUrl: url, ca, client });
}

function startApiserver(programs: string, dir: string, port: number, etcd: string): Promise<TargetProcess> {
  const name = 'kube-apiserver';
  const flags = {
    ...apiserverFlags(dir, port, etcd),
    'service-account-key-file': join(dir, 'accounts.key'),
    'service-account-signing-key-file': join(dir, 'accounts.key'),
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-cluster-ip-range': '10.96.0.0/16',
    'authorization-mode': 'Node,RBAC',
  };
  return startServer({ name, command: join(programs, name), dir, flags });
}

function startController(programs: string, dir: string, name: string, port: number): Promise<TargetProcess> {
  const flags = {
    kubeconfig: join(dir, 'kubeconfig'),
    'leader-elect': 'false',
    'bind-address': '127.0.0.1',
    'secure-port': String(port),
    'cert-dir': join(dir, `${name}-certificates`),
    ...(name === 'kube-controller-manager' && {
      'service-account-private-key-file': join(dir, 'accounts.key'),
      'root-ca-file': join(dir, 'ca.crt'),
    }),
  };
  return startServer({ name, command: join(programs, name), dir, flags });
}

async function untilServed(http: HttpDriver, server: TargetProcess, target: string): Promise<void> {
  const served = await poll(
    async () => {
      if (!server.running) throw new HarnessError(`the kube-apiserver ended: ${server.tail}`);
      const answer = await http.send('GET', target).catch(() => undefined);
      return answer?.status === 200 ? true : undefined;
    },
    { timeoutMs: READY_MS, intervalMs: 200 },
  );
  if (!served) throw new HarnessError(`${target} was not served in time: ${server.tail}`);
}
