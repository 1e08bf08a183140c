import { check, defineChecks } from '../../runner/check.ts';
import { asObject, at, equal, ok, refused, status } from '../../runner/expectations.ts';
import { kube, ownKube, versionOf } from './kube.ts';

export default defineChecks([
  check(
    'GW-WRT-008/writes',
    'with dryRun=All writes are answered as if done, and nothing is stored or sent',
    { mutants: ['dry-run-stored'] },
    async (t) => {
      const admin = await ownKube(t);
      const made = await admin.made('configmaps', admin.configMap('kept', { a: '1' }));
      const watch = await admin.watch('configmaps', `resourceVersion=${versionOf(made)}`);
      const created = await admin.create('configmaps', admin.configMap('dry'), '?dryRun=All');
      status(created, 201);
      ok('the created object has a uid', typeof at(created.json, 'metadata', 'uid') === 'string', {
        got: created.json,
      });
      const changed = await admin.replace(
        'configmaps',
        'kept',
        { ...asObject(made), data: { a: '2' } },
        '?dryRun=All',
      );
      status(changed, 200);
      equal('the changed object in the answer', at(changed.json, 'data', 'a'), '2');
      status(await admin.patch('configmaps', 'kept', 'merge', { data: { a: '3' } }, '?dryRun=All'), 200);
      status(await admin.remove('configmaps', 'kept', undefined, '?dryRun=All'), 200);
      status(
        await admin.remove('configmaps', 'kept', {
          kind: 'DeleteOptions',
          apiVersion: 'v1',
          dryRun: ['All'],
        }),
        200,
      );
      status(await admin.get('configmaps', 'dry'), 404);
      equal('the object kept', await admin.present('configmaps', 'kept'), made);
      await admin.made('configmaps', admin.configMap('real'));
      await watch.untilNamed('ADDED', 'real');
      const own = watch.seen.filter((event) => !event.includes('kube-root-ca'));
      equal('the events', own, ['ADDED real']);
    },
  ),

  check(
    'GW-WRT-008/refuses',
    'with dryRun=All an invalid write is still refused, and another value of dryRun is 400 or 422',
    { mutants: ['dry-run-unchecked'] },
    async (t) => {
      const admin = await kube(t);
      refused(await admin.create('configmaps', admin.configMap('Not_A_Name'), '?dryRun=All'), {
        status: 422,
        reason: 'Invalid',
      });
      const name = t.name('once');
      await admin.made('configmaps', admin.configMap(name));
      refused(await admin.create('configmaps', admin.configMap(name), '?dryRun=All'), {
        status: 409,
        reason: 'AlreadyExists',
      });
      const other = t.name('partly');
      const answer = await admin.create('configmaps', admin.configMap(other), '?dryRun=Some');
      ok('dryRun=Some is refused', answer.status === 400 || answer.status === 422, {
        wanted: [400, 422],
        got: answer.status,
      });
      status(await admin.get('configmaps', other), 404);
    },
  ),

  check(
    'GW-WRT-009',
    'fieldValidation=Strict refuses unknown and duplicate fields with 400, Warn and Ignore let the write pass',
    { mutants: ['field-validation-ignored'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('strict');
      const unknown = { ...admin.configMap(name), daata: { a: '1' } };
      const duplicate = JSON.stringify(admin.configMap(name, { a: '1' })).replace(
        '"a":"1"',
        '"a":"1","a":"2"',
      );
      const headers = { 'content-type': 'application/json' };
      const collection = admin.path('configmaps');
      refused(await admin.create('configmaps', unknown, '?fieldValidation=Strict'), {
        status: 400,
        reason: 'BadRequest',
      });
      refused(
        await admin.send('POST', `${collection}?fieldValidation=Strict`, { headers, body: duplicate }),
        { status: 400, reason: 'BadRequest' },
      );
      status(await admin.get('configmaps', name), 404);
      status(await admin.create('configmaps', unknown, '?fieldValidation=Warn'), 201);
      const patch = { daata: { b: '2' } };
      refused(await admin.patch('configmaps', name, 'merge', patch, '?fieldValidation=Strict'), {
        status: 422,
        reason: 'Invalid',
      });
      status(
        await admin.patch(
          'configmaps',
          name,
          'merge',
          { ...patch, data: { c: '3' } },
          '?fieldValidation=Ignore',
        ),
        200,
      );
      const stored = await admin.present('configmaps', name);
      equal('the data stored', [at(stored, 'data'), at(stored, 'daata')], [{ c: '3' }, undefined]);
    },
  ),
]);
