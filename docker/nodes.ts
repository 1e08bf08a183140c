import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { HttpDriver } from '../conformance/drivers/http.ts';
import { at } from '../conformance/runner/expectations.ts';
import { poll } from '../conformance/drivers/wait.ts';

/** Waits until a kubeconfig’s cluster has a Ready node and prints its nodes; exit code 1 when it does not come: `nodes.ts FILE`. */
const config: unknown = parse(await readFile(process.argv[2] ?? 'kubeconfig', 'utf8'));
const cluster = at(config, 'clusters', 0, 'cluster');
const token = at(config, 'users', 0, 'user', 'token');
await using http = new HttpDriver({
  baseUrl: String(at(cluster, 'server')),
  ca: Buffer.from(String(at(cluster, 'certificate-authority-data')), 'base64').toString('utf8'),
});
const nodes = await poll(
  async () => {
    const answer = await http.send('GET', '/api/v1/nodes', {
      headers: { authorization: `Bearer ${String(token)}` },
    });
    const items = at(answer.json, 'items');
    const ready = (Array.isArray(items) ? items : []).filter((node: unknown) => {
      const conditions = at(node, 'status', 'conditions');
      return (
        Array.isArray(conditions) &&
        conditions.some((one) => at(one, 'type') === 'Ready' && at(one, 'status') === 'True')
      );
    });
    return ready.length > 0 ? ready.map((node: unknown) => String(at(node, 'metadata', 'name'))) : undefined;
  },
  { timeoutMs: 30_000, intervalMs: 500 },
);
process.stdout.write(nodes ? `Ready: ${nodes.join(' ')}\n` : 'no node is Ready\n');
process.exitCode = nodes ? 0 : 1;
