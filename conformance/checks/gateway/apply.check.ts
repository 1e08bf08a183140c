import { check, defineChecks } from '../../runner/check.ts';
import { asObject, at, equal, isStatus, ok, refused, status } from '../../runner/expectations.ts';
import { kube } from './kube.ts';

/** Names that a field manager of an object owns below `data`. */
function ownedBy(object: unknown, manager: string): string[] {
  const entries: unknown = at(object, 'metadata', 'managedFields');
  if (!Array.isArray(entries)) return [];
  const own = entries.filter((entry) => at(entry, 'manager') === manager);
  return own
    .flatMap((entry) => Object.keys(asObject(at(entry, 'fieldsV1', 'f:data'))))
    .filter((key) => key !== '.')
    .map((key) => key.slice(2))
    .toSorted();
}

export default defineChecks([
  check(
    'GW-PAT-004',
    'server-side apply creates, updates, records its manager, and another manager’s change is 409 unless forced',
    { mutants: ['apply-always-forced', 'apply-as-merge'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('apply');
      const apply = (manager: string, data: Record<string, string>, more = '') =>
        admin.patch(
          'configmaps',
          name,
          'apply',
          admin.configMap(name, data),
          `?fieldManager=${manager}${more}`,
        );
      const created = await apply('one', { a: '1', b: '1' });
      status(created, 201);
      equal('what one owns', ownedBy(created.json, 'one'), ['a', 'b']);
      const updated = await apply('one', { a: '2', b: '1' });
      status(updated, 200);
      equal('the data', at(updated.json, 'data'), { a: '2', b: '1' });
      const conflict = await apply('two', { b: '2', c: '2' });
      refused(conflict, { status: 409, reason: 'FieldManagerConflict' });
      isStatus(conflict, 'Conflict');
      const causes = at(conflict.json, 'details', 'causes');
      ok(
        'a cause names the field',
        Array.isArray(causes) && causes.some((cause) => at(cause, 'field') === '.data.b'),
        { wanted: '.data.b', got: causes },
      );
      equal('the data afterwards', at(await admin.present('configmaps', name), 'data'), { a: '2', b: '1' });
      const same = await apply('two', { b: '1' });
      status(same, 200);
      equal(
        'a field with the same value is shared',
        [ownedBy(same.json, 'one'), ownedBy(same.json, 'two')],
        [['a', 'b'], ['b']],
      );
      const forced = await apply('two', { b: '2', c: '2' }, '&force=true');
      status(forced, 200);
      equal('the data after force', at(forced.json, 'data'), { a: '2', b: '2', c: '2' });
      equal(
        'the owners after force',
        [ownedBy(forced.json, 'one'), ownedBy(forced.json, 'two')],
        [['a'], ['b', 'c']],
      );
      const nameless = await admin.patch('configmaps', name, 'apply', admin.configMap(name));
      ok('apply without fieldManager is refused', nameless.status === 400 || nameless.status === 422, {
        got: nameless.status,
      });
    },
  ),

  check(
    'GW-PAT-005',
    'server-side apply removes what its manager alone owned and no longer applies',
    { mutants: ['apply-as-merge'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('prune');
      const apply = (manager: string, data: Record<string, string>) =>
        admin.patch('configmaps', name, 'apply', admin.configMap(name, data), `?fieldManager=${manager}`);
      status(await apply('one', { mine: '1', shared: '1', kept: '1' }), 201);
      status(await apply('two', { shared: '1' }), 200);
      status(await admin.patch('configmaps', name, 'merge', { data: { other: '1' } }), 200);
      const pruned = await apply('one', { kept: '1' });
      status(pruned, 200);
      equal('the data', at(pruned.json, 'data'), { kept: '1', shared: '1', other: '1' });
    },
  ),
]);
