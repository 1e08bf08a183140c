import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCode, type Report } from '../report/model.ts';
import { at } from '../runner/expectations.ts';
import { daas } from '../testing/daas.ts';
import { STAND_INS } from './crd.ts';
import { Peer } from './peer.ts';

const seed = process.env['PEER_SEED'] ?? '1';

/**
 * Why Kubernetes' API machinery alone cannot be asked: there is no core group and no list of groups, custom resources are
 * routed otherwise, and Debian's etcd cannot be asked how far it is.
 */
const LACKING = [
  /^the cluster does not serve (v1|apps\/v1|coordination\.k8s\.io\/v1) \w+$/,
  /^GET \/apis is 404: another server has the discovery of this one$/,
  /^it needs a server of namespaces$/,
  /the required storage feature RequestWatchProgress is disabled$/,
];

/** What a custom resource has of each kind of check; the machinery could be asked less without anybody noticing. */
const LEAST_PASSED = 76;

/** Needs what `.ci/peer` installs. */
describe.skipIf(!process.env['PEER_APISERVER'])('Kubernetes’ own API machinery', () => {
  const stack = new AsyncDisposableStack();
  let dir = '';
  let peer: Peer;

  beforeAll(async () => {
    peer = stack.use(await Peer.start());
    dir = await mkdtemp(join(tmpdir(), 'daas-peer-target-'));
    stack.defer(() => rm(dir, { recursive: true, force: true }));
    const { ca, client } = peer.certificates;
    const files = {
      'ca.crt': ca,
      'client.crt': client.cert,
      'client.key': client.key,
      kubeconfig: stringify({
        'current-context': 'peer',
        clusters: [
          { name: 'peer', cluster: { server: peer.http.baseUrl, 'certificate-authority': 'ca.crt' } },
        ],
        users: [{ name: 'admin', user: { 'client-certificate': 'client.crt', 'client-key': 'client.key' } }],
        contexts: [{ name: 'peer', context: { cluster: 'peer', user: 'admin' } }],
      }),
      'cluster.yaml': stringify({
        schema_version: 1,
        name: 'apiextensions-apiserver',
        kubernetes: { kubeconfig: 'kubeconfig', stand_ins: STAND_INS },
      }),
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text, { mode: 0o600 });
  }, 90_000);

  afterAll(() => stack.disposeAsync());

  it(
    'passes every check that it can be asked, and keeps nothing of the run',
    { timeout: 300_000 },
    async () => {
      const target = join(dir, 'cluster.yaml');
      const { stdout, stderr, code } = await daas([
        'run',
        '--target',
        target,
        '--seed',
        seed,
        '--format',
        'json',
        '--report-dir',
        join(dir, 'reports'),
      ]);
      expect(stdout, stderr).not.toBe('');
      const report = JSON.parse(stdout) as Report;
      const checks = report.requirements.flatMap((requirement) => requirement.checks);
      const by = Object.groupBy(checks, ({ verdict }) => verdict);
      const counts = Object.entries(by).map(([verdict, own]) => `${own.length} ${verdict}`);
      process.stdout.write(`checks on ${report.target.name}: ${checks.length}, ${counts.join(', ')}\n`);
      const wrong = checks.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'untestable');
      expect(wrong.map(({ id, verdict, message, got }) => ({ id, verdict, message, got }))).toEqual([]);
      const unexplained = (by.untestable ?? []).filter(
        ({ message = '' }) => !LACKING.some((words) => words.test(message)),
      );
      expect(unexplained.map(({ id, message }) => ({ id, message }))).toEqual([]);
      expect(by.pass?.length).toBeGreaterThanOrEqual(LEAST_PASSED);
      expect(report.profiles.map(({ name }) => name)).toEqual(['kubernetes-api']);
      // What was not seen does not count as passed.
      expect([report.outcome, code]).toEqual(['not_conformant', exitCode('not_conformant')]);
      for (const { group, version, plural } of Object.values(STAND_INS)) {
        const { json } = await peer.http.send('GET', `/apis/${group}/${version}/${plural}`);
        expect(at(json, 'items')).toEqual([]);
      }
    },
  );
});
