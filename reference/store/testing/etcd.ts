import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../testing/free-port.ts';

/** Whether this machine has etcd (Debian: etcd-server). */
export const hasEtcd = spawnSync('etcd', ['--version']).status === 0;

/** A single etcd with a folder of its own, for tests. */
export class EtcdProcess implements AsyncDisposable {
  readonly url: string;
  readonly directory: string;
  readonly #child: ReturnType<typeof spawn>;

  private constructor(url: string, directory: string, child: ReturnType<typeof spawn>) {
    this.url = url;
    this.directory = directory;
    this.#child = child;
  }

  static async start(): Promise<EtcdProcess> {
    const directory = await mkdtemp(join(tmpdir(), 'etcd-'));
    const [client, peer] = await Promise.all([freePort(), freePort()]);
    const [url, peerUrl] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
    const args = ['--data-dir', directory, '--listen-client-urls', url, '--advertise-client-urls', url];
    args.push('--listen-peer-urls', peerUrl, '--initial-advertise-peer-urls', peerUrl);
    args.push('--initial-cluster', `default=${peerUrl}`);
    const child = spawn('etcd', args, { stdio: 'ignore' });
    const etcd = new EtcdProcess(url, directory, child);
    for (const until = Date.now() + 20_000; ;) {
      const answer = await fetch(`${url}/health`).catch(() => undefined);
      if (answer?.ok) return etcd;
      if (Date.now() > until || child.exitCode !== null) throw new Error('etcd did not start');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
    await rm(this.directory, { recursive: true, force: true });
  }
}
