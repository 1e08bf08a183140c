import type { HttpAnswer } from '../../drivers/http.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { equal, ok, refused } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { PODS, REGISTER, registeredWorker } from '../credentials/asking.ts';

/** What nobody without a credential should read of an implementation. */
const TELLING =
  /\bv?\d+\.\d+\.\d+(?!\.\d)|\buptime\b|\bversion\b|\bnode\.?js\b|\bexpress\b|\bworkers?"?\s*:|\bnodes?"?\s*:\s*\d|\bbuild\b|\bcommit\b|\bgo1\.\d/i;

function tellsNothing(answer: HttpAnswer): void {
  const { server, 'x-powered-by': powered, via } = answer.headers;
  equal(
    'headers that name software',
    { server, powered, via },
    { server: undefined, powered: undefined, via: undefined },
  );
  const words = answer.text.replaceAll(/"apiVersion":\s*"[^"]*"/g, '');
  ok('the body tells nothing', !TELLING.test(words), { got: answer.text.slice(0, 500) });
}

export default defineChecks([
  check(
    'SEC-LEAK-006/gateway',
    'the gateway tells strangers nothing about itself',
    { mutants: ['health-tells-version'] },
    async (t) => {
      const paths = [
        '/',
        '/healthz',
        '/livez',
        '/readyz',
        '/version',
        '/api',
        '/apis',
        '/metrics',
        '/openapi/v2',
        PODS,
        '/debug/pprof',
        '/daas/v1/requests/x',
        '/nothing',
      ];
      await eachRow(
        paths.map((path) => [path, path] as const),
        async (path) => tellsNothing(await t.gateway.http.send('GET', path)),
      );
    },
  ),

  check(
    'SEC-LEAK-006/master',
    'the master tells strangers nothing about itself',
    { mutants: ['health-tells-more'] },
    async (t) => {
      const worker = await registeredWorker(t);
      const paths = [
        '/',
        '/health',
        '/healthz',
        '/version',
        '/api',
        '/metrics',
        '/api/v1/nodes',
        '/api/v1/register-worker',
        '/api/v1/workers',
        '/api/v1/responses/x',
        '/debug',
        '/nothing',
      ];
      await eachRow(
        paths.map((path) => [path, path] as const),
        async (path) => {
          const answer = await t.master.http.send('GET', path);
          tellsNothing(answer);
          for (const known of [worker.nodeId, worker.address])
            ok('it names no worker', !answer.text.includes(known));
        },
      );
      refused(await t.master.http.send('POST', REGISTER, { body: { node_id: worker.nodeId } }), {
        status: 401,
      });
    },
  ),
]);
