import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, ok } from '../../runner/expectations.ts';
import { kube } from './kube.ts';

export default defineChecks([
  check(
    'GW-ERR-012',
    'each answer has an Audit-Id of 32 hex digits of the gateway’s own',
    { mutants: ['audit-id-from-client', 'audit-id-of-its-own'] },
    async (t) => {
      const admin = await kube(t);
      const own = 'a'.repeat(32);
      const headers = { 'audit-id': own };
      const body = admin.configMap(t.name('audit'));
      const answers = [
        await admin.send('GET', '/api/v1/pods', { headers }),
        await admin.send('GET', '/api/v1/no/such/path', { headers }),
        await t.gateway.http.send('GET', '/api/v1/pods', { headers }),
        await admin.send('POST', admin.path('configmaps'), { headers, body }),
      ];
      const ids = answers.map((answer) => answer.headers['audit-id'] ?? '');
      for (const id of ids) ok('the id has its form', /^[0-9a-f]{32}$/.test(id) && id !== own, { got: id });
      equal('the number of different ids', new Set(ids).size, ids.length);
      equal('events under the client’s id', await eventsUnder(t, own), 0);
      equal('events under the gateway’s id', await eventsUnder(t, ids[3] ?? ''), 1);
    },
  ),
]);

async function eventsUnder(t: CheckContext, requestId: string): Promise<number> {
  return (await t.chain.events('K8sAPIRequest', { request_id: requestId })).length;
}
