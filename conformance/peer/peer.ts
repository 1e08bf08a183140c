import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpDriver } from '../drivers/http.ts';
import { poll } from '../drivers/wait.ts';
import { HarnessError } from '../errors.ts';
import { PACKAGE_ROOT } from '../paths.ts';
import { freePorts } from '../target/free-port.ts';
import type { TargetProcess } from '../target/process.ts';
import { peerCertificates, type PeerCertificates } from './certificates.ts';
import { apiserverFlags, startEtcd, startServer } from './server.ts';
import { CRDS, STAND_INS } from './crd.ts';

/** The binary that `.ci/peer` installs. */
export const PEER_BINARY =
  process.env['PEER_APISERVER'] ?? join(PACKAGE_ROOT, '.cache/peer/apiextensions-apiserver');

const READY_MS = 60_000;

/** Debian's etcd cannot be asked how far it is: without being told, the server waits 3 s for a cache that is idle. */
const PROGRESS = { 'experimental-watch-progress-notify-interval': '100ms' };

/** Admission that would ask a kube-apiserver for namespaces and webhooks; there is none. */
const ADMISSION = [
  'NamespaceLifecycle',
  'MutatingAdmissionWebhook',
  'ValidatingAdmissionWebhook',
  'ValidatingAdmissionPolicy',
  'MutatingAdmissionPolicy',
];

/**
 * Kubernetes' own API machinery: `k8s.io/apiextensions-apiserver` on etcd, serving custom resources shaped like a
 * ConfigMap and a Secret. It runs without a kube-apiserver; so there are no namespaces, and any namespace is there.
 */
export class Peer implements AsyncDisposable {
  readonly http: HttpDriver;
  readonly apiserver: TargetProcess;
  readonly etcd: TargetProcess;
  /** For other clients than `http`. */
  readonly certificates: PeerCertificates;
  readonly #stack: AsyncDisposableStack;

  private constructor(
    stack: AsyncDisposableStack,
    parts: Pick<Peer, 'http' | 'apiserver' | 'etcd' | 'certificates'>,
  ) {
    this.#stack = stack;
    this.http = parts.http;
    this.apiserver = parts.apiserver;
    this.etcd = parts.etcd;
    this.certificates = parts.certificates;
  }

  /** Starts etcd and the server, and makes the resources. Throws HarnessError when they do not come up. */
  static async start(): Promise<Peer> {
    await using failing = new AsyncDisposableStack();
    const dir = await mkdtemp(join(tmpdir(), 'daas-peer-'));
    failing.defer(() => rm(dir, { recursive: true, force: true }));
    const [clients = 0, peers = 0, port = 0] = await freePorts(3);
    const files = await writeFiles(dir);
    const etcd = await startEtcd('etcd', dir, [clients, peers], PROGRESS);
    failing.defer(async () => void (await etcd.stop('SIGTERM', 5_000)));
    const url = `https://127.0.0.1:${port}`;
    const apiserver = await startApiserver(dir, port, `http://127.0.0.1:${clients}`);
    failing.defer(async () => void (await apiserver.stop('SIGTERM', 5_000)));
    const http = failing.use(new HttpDriver({ baseUrl: url, ca: files.ca, client: files.client }));
    await establish(http, apiserver);
    return new Peer(failing.move(), { http, apiserver, etcd, certificates: files });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

async function writeFiles(dir: string): Promise<PeerCertificates> {
  const certificates = await peerCertificates();
  // The server wants to know where the core API is; nothing that is used here ever asks it.
  const nowhere = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'none',
    clusters: [{ name: 'none', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'none', user: {} }],
    contexts: [{ name: 'none', context: { cluster: 'none', user: 'none' } }],
  };
  await mkdir(join(dir, 'etcd'), { mode: 0o700 });
  const contents = {
    'ca.crt': certificates.ca,
    'tls.crt': certificates.server.cert,
    'tls.key': certificates.server.key,
    kubeconfig: JSON.stringify(nowhere),
  };
  for (const [name, content] of Object.entries(contents)) {
    await writeFile(join(dir, name), content, { mode: 0o600 });
  }
  return certificates;
}

function startApiserver(dir: string, port: number, etcd: string): Promise<TargetProcess> {
  const kubeconfig = join(dir, 'kubeconfig');
  const flags = {
    ...apiserverFlags(dir, port, etcd),
    kubeconfig,
    'authentication-kubeconfig': kubeconfig,
    'authorization-kubeconfig': kubeconfig,
    'disable-admission-plugins': ADMISSION.join(','),
    'enable-priority-and-fairness': 'false',
  };
  const switches = ['--authentication-skip-lookup'];
  return startServer({ name: 'apiextensions-apiserver', command: PEER_BINARY, dir, flags, switches });
}

async function establish(http: HttpDriver, server: TargetProcess): Promise<void> {
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const deadline = { timeoutMs: READY_MS, intervalMs: 200 };
  const ready = await poll(async () => {
    if (!server.running) throw new HarnessError(`the peer ended: ${server.tail}`);
    const made = await Promise.all(
      CRDS.map((body) => http.send('POST', crds, { body }).catch(() => undefined)),
    );
    return made.every((answer) => answer?.status === 201 || answer?.status === 409) ? true : undefined;
  }, deadline);
  const served = await poll(async () => {
    const lists = Object.values(STAND_INS).map(({ group, version, plural }) =>
      http.send('GET', `/apis/${group}/${version}/namespaces/default/${plural}`),
    );
    return (await Promise.all(lists)).every(({ status }) => status === 200) ? true : undefined;
  }, deadline);
  if (!ready || !served) throw new HarnessError(`the peer was not ready in time: ${server.tail}`);
}
