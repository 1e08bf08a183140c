import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { poll } from '../../../conformance/drivers/wait.ts';
import { HarnessError } from '../../../conformance/errors.ts';
import { freePorts } from '../../../conformance/target/free-port.ts';
import { TargetProcess } from '../../../conformance/target/process.ts';
import type { Provider } from '../provider.ts';
import { inFrontOf, type RunningCluster } from './in-front-of.ts';

const READY_MS = 120_000;
const STOP_MS = 20_000;
const DISABLED = ['coredns', 'local-storage', 'metrics-server', 'servicelb', 'traefik'];

/** The control plane of a k3s binary (K3S_BIN), without an agent of its own: the nodes are the workers. */
export const k3sBinary: Provider = {
  name: 'k3s-binary',
  start: async (context) => {
    const binary = process.env['K3S_BIN'];
    if (!binary)
      throw new HarnessError('K3S_BIN does not say where the k3s binary is', {
        hint: 'K3S_BIN=/usr/local/bin/k3s npx daas scenario run --provider k3s-binary',
      });
    return inFrontOf(await startServer(binary, context.signal), context);
  },
};

async function startServer(binary: string, signal: AbortSignal): Promise<RunningCluster> {
  await using failing = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), 'daas-k3s-'));
  failing.defer(() => rm(dir, { recursive: true, force: true }));
  const file = join(dir, 'k3s.yaml');
  await mkdir(join(dir, 'data'), { mode: 0o700 });
  const [port] = await freePorts(1);
  const server = await TargetProcess.start({
    name: 'k3s',
    command: binary,
    args: [
      'server',
      '--disable-agent',
      `--data-dir=${join(dir, 'data')}`,
      '--bind-address=127.0.0.1',
      `--https-listen-port=${port}`,
      `--write-kubeconfig=${file}`,
      '--write-kubeconfig-mode=600',
      ...DISABLED.map((name) => `--disable=${name}`),
    ],
    cwd: dir,
    env: { PATH: process.env['PATH'] ?? '', HOME: dir },
    logFile: join(dir, 'k3s.log'),
  });
  failing.defer(async () => void (await server.stop('SIGTERM', STOP_MS)));
  // It appears when the certificates in it are made, before the server answers.
  const text = await poll(
    async () => {
      if (!server.running) throw new HarnessError(`${binary} ended; its last words:\n${server.tail}`);
      const written = await readFile(file, 'utf8').catch(() => '');
      return written.includes('client-key-data') ? written : undefined;
    },
    { timeoutMs: READY_MS, intervalMs: 100, signal },
  );
  if (text === undefined)
    throw new HarnessError(`${binary} wrote no kubeconfig in time; its last words:\n${server.tail}`);
  const started = failing.move();
  return {
    name: `${binary} server --disable-agent`,
    kubeconfig: text,
    readyMs: READY_MS,
    withoutPods: 'k3s runs with --disable-agent, so its nodes are the simulated workers',
    stop: () => started.disposeAsync(),
  };
}
