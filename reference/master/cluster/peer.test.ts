import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COLLECTIONS, PEER_NAMES } from '../../../conformance/peer/crd.ts';
import { Peer } from '../../../conformance/peer/peer.ts';
import { abortableSleep } from '../../chain/index.ts';
import type { ApiRequest, ApiResponse } from '../../kubernetes/types.ts';
import { systemClock } from '../../protocol/clock.ts';
import { silentLogger } from '../../protocol/logger.ts';
import type { KubernetesPart } from '../master-deps.ts';
import { PodLogs } from '../pod-logs.ts';
import { eventually } from '../testing/bench.ts';
import { openCluster } from './open-cluster.ts';

const SETTINGS = COLLECTIONS.replace('{namespace}', 'default');
const setting = (name: string, data: Record<string, string> = {}): object => ({
  apiVersion: PEER_NAMES.apiVersion,
  kind: PEER_NAMES.kind,
  metadata: { name },
  data,
});

/** Needs what `.ci/peer` installs: `npm run test:peer`. */
describe.skipIf(!process.env['PEER_APISERVER'])('in front of Kubernetes’ own API machinery', () => {
  const stack = new AsyncDisposableStack();
  let part: KubernetesPart;
  beforeAll(async () => {
    const peer = stack.use(await Peer.start());
    const dir = await mkdtemp(join(tmpdir(), 'peer-cluster-'));
    stack.defer(() => rm(dir, { recursive: true, force: true }));
    const { ca, client } = peer.certificates;
    for (const [name, text] of Object.entries({
      'ca.crt': ca,
      'client.crt': client.cert,
      'client.key': client.key,
    }))
      await writeFile(join(dir, name), text, { mode: 0o600 });
    // Paths are relative to the kubeconfig, as kubectl has them.
    const kubeconfig = {
      clusters: [{ name: 'peer', cluster: { server: peer.http.baseUrl, 'certificate-authority': 'ca.crt' } }],
      users: [{ name: 'admin', user: { 'client-certificate': 'client.crt', 'client-key': 'client.key' } }],
      contexts: [{ name: 'on-it', context: { cluster: 'peer', user: 'admin' } }],
    };
    await writeFile(join(dir, 'kubeconfig'), JSON.stringify(kubeconfig));
    part = stack.use(
      openCluster({
        config: { kubeconfig: join(dir, 'kubeconfig'), context: 'on-it', impersonate: false },
        clock: systemClock,
        sleep: abortableSleep,
        logs: new PodLogs({ now: () => Date.now() }),
        bodyBytes: 3_145_728,
        log: silentLogger(),
      }),
    );
  }, 90_000);
  afterAll(() => stack.disposeAsync());

  function ask(
    method: string,
    target: string,
    more: { body?: object; type?: string; accept?: string; group?: string; signal?: AbortSignal } = {},
  ): Promise<ApiResponse> {
    const [path = '', query = ''] = target.split('?', 2);
    const { body, type = 'application/json', accept = 'application/json', group = 'daas:admins' } = more;
    const request: ApiRequest = {
      method,
      path,
      query,
      headers: { accept, ...(body && { 'content-type': type }) },
      body: body ? Buffer.from(JSON.stringify(body)) : new Uint8Array(),
      user: { name: `0x${'a'.repeat(64)}`, groups: [group] },
      signal: more.signal ?? new AbortController().signal,
      requestId: 'f'.repeat(32),
    };
    return part.handle(request);
  }

  interface Answered {
    kind?: string;
    reason?: string;
    metadata: { name?: string; resourceVersion?: string; continue?: string; managedFields?: object[] };
    items?: object[];
  }
  const json = ({ body }: ApiResponse): Answered =>
    JSON.parse(Buffer.from(body as Uint8Array).toString('utf8')) as Answered;

  test('writes, conflicts and pages are the cluster’s own', async () => {
    const made = await ask('POST', SETTINGS, { body: setting('one') });
    expect(made.status).toBe(201);
    expect((await ask('POST', SETTINGS, { body: setting('one') })).status).toBe(409);
    await ask('POST', SETTINGS, { body: setting('two') });
    const page = json(await ask('GET', `${SETTINGS}?limit=1`));
    expect([page.items?.length, typeof page.metadata.continue]).toEqual([1, 'string']);
    const rest = await ask('GET', `${SETTINGS}?limit=1&continue=${page.metadata.continue}`);
    expect(json(rest).items).toHaveLength(1);
    const stale = { ...setting('one', { a: 'b' }), metadata: { name: 'one', resourceVersion: '1' } };
    const conflict = await ask('PUT', `${SETTINGS}/one`, { body: stale });
    expect([conflict.status, json(conflict).reason]).toEqual([409, 'Conflict']);
  });

  test('server-side apply, Table output and discovery pass through', async () => {
    const type = 'application/apply-patch+yaml';
    const applied = await ask('PATCH', `${SETTINGS}/applied?fieldManager=tester`, {
      body: setting('applied'),
      type,
    });
    expect([applied.status, json(applied).metadata.managedFields?.length]).toEqual([201, 1]);
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    expect(json(await ask('GET', SETTINGS, { accept })).kind).toBe('Table');
    expect((await ask('GET', `/apis/${PEER_NAMES.apiVersion}`)).status).toBe(200);
    const version = await ask('GET', '/version');
    expect(version.status).toBe(200);
  });

  test('a watch goes on from a resourceVersion, and ends with its caller', async () => {
    const from = json(await ask('GET', SETTINGS)).metadata.resourceVersion;
    const stop = new AbortController();
    const watch = await ask('GET', `${SETTINGS}?watch=1&resourceVersion=${from}`, { signal: stop.signal });
    let text = '';
    const reading = (async () => {
      for await (const chunk of watch.body as AsyncIterable<Uint8Array>)
        text += Buffer.from(chunk).toString();
    })();
    await ask('POST', SETTINGS, { body: setting('seen') });
    await ask('DELETE', `${SETTINGS}/seen`);
    await eventually(() => text.includes('"DELETED"') || undefined);
    expect(text.indexOf('"ADDED"')).toBeLessThan(text.indexOf('"DELETED"'));
    stop.abort();
    await reading;
  });

  test('the least stake does not reach it', async () => {
    const refused = await ask('GET', SETTINGS, { group: 'daas:users' });
    expect([refused.status, json(refused).reason]).toEqual([403, 'Forbidden']);
  });
});
