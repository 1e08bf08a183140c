import { check, defineChecks } from '../../runner/check.ts';
import { refused, status } from '../../runner/expectations.ts';
import { leavesNoEvent } from './chain-trace.ts';
import { kube } from './kube.ts';

export default defineChecks([
  check(
    'GW-DIR-001',
    'get, list and watch leave no event on chain',
    { mutants: ['reads-on-chain'] },
    async (t) => {
      const admin = await kube(t);
      const collection = `/api/v1/namespaces/${t.name('nowhere')}/configmaps`;
      status(await admin.send('GET', collection), 200);
      status(await admin.send('GET', `${collection}/absent`), 404);
      status(await admin.send('GET', `${collection}?watch=true&timeoutSeconds=1`), 200);
      await leavesNoEvent(t, collection, `${collection}/absent`);
    },
  ),

  check(
    'GW-DIR-002/credential',
    'a read with an expired, a foreign or a made-up credential is 401',
    { mutants: ['expiry-unchecked', 'any-string-passes', 'format-only'] },
    async (t) => {
      const admin = await kube(t);
      const user = await t.actors.shared('user');
      const path = admin.path('configmaps');
      const past = Math.floor(Date.now() / 1000) - 1000;
      const expired = await t.actors.session(admin.actor, { now: past });
      refused(await t.gateway.with(expired, 'GET', path), { status: 401, reason: 'CredentialExpired' });
      const unknown = `0x${'5'.repeat(64)}`;
      const foreign = await t.actors.session(user, { token: unknown });
      refused(await t.gateway.with(foreign, 'GET', path), { status: 401, reason: 'UnknownToken' });
      for (const text of ['seal1.made.up', 'made-up'])
        refused(await t.gateway.with(text, 'GET', path), { status: 401, reason: 'MalformedCredential' });
    },
  ),

  check(
    'GW-DIR-002/permission',
    'a read, list or watch without the permission is 403',
    { mutants: ['permissions-unchecked'] },
    async (t) => {
      const user = await t.actors.shared('user');
      const path = '/api/v1/namespaces/kube-system/configmaps';
      for (const target of [
        path,
        `${path}/absent`,
        `${path}?watch=true`,
        `${path}?watch=1&fieldSelector=metadata.name%3Da`,
      ])
        refused(await t.gateway.as(user, 'GET', target), { status: 403, reason: 'Forbidden' });
    },
  ),
]);
