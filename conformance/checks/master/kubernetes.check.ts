import { WatchSocket } from '../../drivers/watch-socket.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { at, equal, eventually, ok, refused, status } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { kube, versionOf } from '../gateway/kube.ts';
import {
  discovers,
  patches,
  reads,
  refuses,
  watches,
  writes,
  type Behaviour,
} from './kubernetes-behaviour.ts';
import { masterKube } from './master-kube.ts';

/** Headers of identity that only a credential may stand behind. */
const CLAIMED = {
  'x-remote-user': `0x${'a'.repeat(64)}`,
  'x-remote-group': 'daas:admins',
  'impersonate-user': 'system:admin',
  'impersonate-group': 'system:masters',
};

const BEHAVIOURS: [name: string, what: string, behaviour: Behaviour, mutants: string[]][] = [
  ['discovery', 'discovery', discovers, ['verbs-incomplete', 'version-odd']],
  ['reads', 'lists, pages, selectors and tables', reads, ['limit-ignored', 'label-selector-ignored']],
  ['writes', 'creations, updates and deletions', writes, ['dry-run-stored', 'resource-version-ignored']],
  ['patches', 'patches of every kind', patches, ['merge-patch-keeps-nulls', 'strategic-as-merge']],
  ['watches', 'watches', watches, ['watch-repeats-events', 'watch-from-now']],
];

export default defineChecks([
  check(
    'MS-KUBE-001',
    'without an internal identity the Kubernetes API is 401',
    { mutants: ['gateway-unverified'] },
    async (t) => {
      const admin = await t.actors.shared('admin');
      const node = await t.actors.fresh('node');
      const session = await t.actors.session(admin);
      const nodeSession = await t.actors.session(node);
      const foreign = await t.master.gatewaySession({ audience: `0x${'1'.repeat(64)}` });
      await eachRow<Record<string, string>>(
        [
          ['no credential', {}],
          ['identity headers alone', CLAIMED],
          ['a made-up bearer', { ...CLAIMED, authorization: 'Bearer k3s-join.made-up' }],
          ['basic authentication', { ...CLAIMED, authorization: 'Basic YWRtaW46YWRtaW4=' }],
          ['a user’s session', { ...CLAIMED, authorization: `Bearer ${session}` }],
          ['a worker’s session', { ...CLAIMED, authorization: `Bearer ${nodeSession}` }],
          ['a gateway’s for another cluster', { ...CLAIMED, authorization: `Bearer ${foreign}` }],
        ],
        async (headers) => {
          for (const [method, target] of [
            ['GET', '/api/v1/nodes'],
            ['GET', '/api/v1/namespaces/default/secrets'],
            ['GET', '/api/v1/pods?watch=true&timeoutSeconds=1'],
            ['POST', '/api/v1/namespaces/default/configmaps'],
          ] as const) {
            const body =
              method === 'POST'
                ? { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } }
                : undefined;
            const answer = await t.master.http.send(method, target, { headers, ...(body && { body }) });
            // A wallet's own session is of the right shape, but of the wrong kind.
            const wallet =
              headers['authorization']?.endsWith(session) || headers['authorization']?.endsWith(nodeSession);
            refused(answer, { status: wallet && answer.status === 403 ? 403 : 401 });
          }
        },
      );
      status(await t.master.asReader('GET', '/api/v1/nodes'), 200);
    },
  ),

  ...BEHAVIOURS.map(([name, what, behaviour, mutants]) =>
    check(`MS-KUBE-002/${name}`, `${what} are as at the gateway`, { mutants, timeoutMs: 40_000 }, async (t) =>
      behaviour(await masterKube(t)),
    ),
  ),

  check(
    'MS-KUBE-002/errors',
    'errors are the same as at the gateway',
    { mutants: ['errors-without-details'], timeoutMs: 40_000 },
    async (t) => {
      const atMaster = await masterKube(t);
      await refuses(atMaster);
      const atGateway = await kube(t);
      for (const target of [
        '/api/v1/namespaces/default/configmaps/none',
        '/apis/none.example/v1',
        '/api/v1/gadgets',
      ]) {
        const [own, other] = await Promise.all([atMaster.send('GET', target), atGateway.send('GET', target)]);
        equal(`the answer to ${target}`, [own.status, own.json], [other.status, other.json]);
      }
    },
  ),

  check(
    'MS-KUBE-003',
    'a watch over WebSocket delivers the events of HTTP, one text message each',
    { mutants: ['socket-drops-events'] },
    async (t) => {
      const own = await masterKube(t);
      const from = await own.revision('configmaps');
      const target = `${own.path('configmaps')}?watch=true&resourceVersion=${from}`;
      const overHttp = await own.watch('configmaps', `resourceVersion=${from}`);
      const { url = '', ca } = t.world.master ?? {};
      const socket = await WatchSocket.open({ url: url + target, ca, headers: await own.identity() });
      ok('the WebSocket is taken', socket instanceof WatchSocket, { got: socket });
      t.defer(() => socket.close());
      const nobody = await WatchSocket.open({ url: url + target, ca, headers: CLAIMED });
      equal('the answer to a WebSocket without identity', nobody, 401);
      const names = [1, 2, 3].map(() => t.name('socket'));
      await Promise.all(names.map((name) => own.made('configmaps', own.configMap(name))));
      status(await own.patch('configmaps', names[0]!, 'merge', { data: { step: '2' } }), 200);
      status(await own.remove('configmaps', names[1]!), 200);
      await eventually('five events over HTTP', () => (overHttp.seen.length >= 5 ? true : undefined), {
        withinMs: 5_000,
      });
      await eventually(
        'the events over WebSocket',
        () =>
          socket.messages
            .map(({ text }) => text)
            .join('')
            .includes('DELETED')
            ? true
            : undefined,
        { withinMs: 5_000 },
      );
      ok(
        'all messages are text',
        socket.messages.every(({ binary }) => !binary),
      );
      const events = socket.messages
        .map(({ text }) => parsed(text))
        .filter((event) => at(event, 'type') !== 'BOOKMARK');
      equal(
        'the events of both',
        events,
        overHttp.events
          .filter(({ type }) => type !== 'BOOKMARK')
          .map(({ type, object }) => ({ type, object })),
      );
    },
  ),

  check(
    'MS-KUBE-004',
    'resourceVersions grow with every write, and reads after a write see it',
    { mutants: ['reads-are-stale'] },
    async (t) => {
      const own = await masterKube(t);
      const name = t.name('versions');
      let last = Number(versionOf(await own.made('configmaps', own.configMap(name, { step: '0' }))));
      for (let step = 1; step <= 6; step += 1) {
        const from = last;
        const patched = await own.patch('configmaps', name, 'merge', { data: { step: String(step) } });
        status(patched, 200);
        const version = Number(versionOf(patched.json));
        ok('the resourceVersion has grown', version > last, { wanted: `above ${last}`, got: version });
        last = version;
        const list = await own.list('configmaps', `?fieldSelector=metadata.name%3D${name}`);
        ok('the list is not older', Number(at(list.json, 'metadata', 'resourceVersion')) >= last, {
          got: list.json,
        });
        equal('the step in the list', at(list.json, 'items', 0, 'data', 'step'), String(step));
        equal('the step when read', at(await own.present('configmaps', name), 'data', 'step'), String(step));
        const watch = await own.watch('configmaps', `resourceVersion=${from}`);
        await watch.until('the write', ({ object }) => at(object, 'data', 'step') === String(step));
        watch.close();
      }
    },
  ),
]);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { 'no JSON': text };
  }
}
