import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { startHttpsCluster } from '../reference/kubernetes/testing/https-cluster.ts';

/**
 * Stands in for `k3s server` where there is none: it takes the flags that the scenarios' providers give k3s, serves the
 * reference's own Kubernetes API with controllers and scheduler, writes a kubeconfig and says what k3s would say. It is
 * not k3s: it runs no containers and knows no RBAC. What passes on it shows how a cluster is handled, not that k3s is.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    disable: { type: 'string', multiple: true },
    'disable-agent': { type: 'boolean' },
    'data-dir': { type: 'string', default: join(tmpdir(), 'stand-in-k3s') },
    'bind-address': { type: 'string', default: '0.0.0.0' },
    'https-listen-port': { type: 'string', default: '6443' },
    'write-kubeconfig': { type: 'string', default: '/etc/rancher/k3s/k3s.yaml' },
    'write-kubeconfig-mode': { type: 'string', default: '600' },
    'tls-san': { type: 'string', multiple: true, default: [] },
  },
});
if (positionals.join(' ') !== 'server') {
  process.stderr.write('usage: stand-in-k3s server [flags of k3s server]\n');
  process.exit(2);
}
const dir = values['data-dir'];
await mkdir(dir, { recursive: true });
const cluster = await startHttpsCluster({
  dir,
  host: values['bind-address'],
  port: Number(values['https-listen-port']),
  hosts: ['127.0.0.1', 'localhost', ...values['tls-san']],
});
const file = values['write-kubeconfig'];
await mkdir(dirname(file), { recursive: true });
const port = new URL(cluster.url).port;
// In YAML, as k3s writes it.
const kubeconfig: unknown = JSON.parse(cluster.kubeconfig('certificate', `https://127.0.0.1:${port}`));
await writeFile(file, stringify(kubeconfig), {
  mode: Number.parseInt(values['write-kubeconfig-mode'], 8),
});
process.stderr.write('a stand-in for k3s, not k3s\n');
// What @testcontainers/k3s waits for comes from the agent's network in k3s.
if (!values['disable-agent']) process.stderr.write('Node controller sync successful\n');

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void cluster[Symbol.asyncDispose]().then(() => process.exit(0)));
}
