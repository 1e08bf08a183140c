import { ok } from '../../../runner/expectations.ts';
import { c, type Row } from './bench.ts';
import { configMap } from './manifests.ts';

/** How kubectl comes by its credential, and what it says when it lacks a permission. */
export const CLIENT_ROWS: readonly Row[] = [
  {
    requirement: 'GW-KCT-001',
    name: 'plugin',
    title: 'kubectl with the exec credential plugin',
    run: async (k) => {
      const kubectl = await k.other('admin');
      const result = await kubectl.run(c`get namespace default -o name`);
      ok('the plugin’s credential is taken', result.stdout === 'namespace/default\n', { got: result });
    },
  },
  {
    requirement: 'GW-KCT-001',
    name: 'one-shot',
    title: 'kubectl with a plugin that makes a credential for every single request',
    run: async (k) => {
      const kubectl = await k.other('admin', { oneShot: true });
      const name = k.t.name('config');
      const created = await kubectl.run(c`apply -f -`, {
        stdin: configMap(name, { a: '1' }),
        timeoutMs: 40_000,
      });
      ok('an apply of several requests', created.stdout === `configmap/${name} created\n`, { got: created });
    },
  },
  {
    requirement: 'GW-KCT-006',
    name: 'forbidden',
    title: 'kubectl without permission ends with 1 and says Forbidden',
    mutants: ['permissions-unchecked'],
    run: async (k) => {
      const token = await k.t.actors.session(await k.t.actors.shared('user'));
      const kubectl = await k.other('user', { token });
      const denied = await kubectl.run(c`get secrets`);
      ok('exit code 1', denied.code === 1, { wanted: 1, got: denied });
      ok('it names what is forbidden', /\(Forbidden\).*secrets/s.test(denied.stderr), { got: denied.stderr });
      const write = await kubectl.run(c`create -f -`, { stdin: configMap(k.t.name('config'), {}) });
      ok('nor may it write', write.code === 1 && /\(Forbidden\).*configmaps/s.test(write.stderr), {
        got: write,
      });
      const allowed = await kubectl.run(c`get pods`);
      ok('what it may read it reads', allowed.code === 0, { wanted: 0, got: allowed });
    },
  },
  {
    requirement: 'GW-KCT-011',
    name: 'errors',
    title: 'kubectl shows what is not there, and a credential that is refused',
    mutants: ['errors-in-plain-text'],
    run: async (k) => {
      await k.fails(
        c`get pod ${k.t.name('none')}`,
        /^Error from server \(NotFound\): pods "none-\w+" not found$/m,
      );
      await k.fails(c`get nonsense`, /the server doesn't have a resource type "nonsense"/);
      await k.fails(
        c`create -f - -n ${k.t.name('none')}`,
        /\(NotFound\).*namespaces? "none-\w+" not found/,
        configMap('a', {}),
      );
      const wrong = await k.other('admin', { token: 'seal1.e30.AA' });
      const refused = await wrong.run(c`get pods`);
      ok(
        'it has to log in',
        refused.code === 1 && /You must be logged in to the server/.test(refused.stderr),
        { got: refused },
      );
    },
  },
];
