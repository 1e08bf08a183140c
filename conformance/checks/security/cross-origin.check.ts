import type { HttpAnswer } from '../../drivers/http.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, ok, status } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { headersOf } from '../../world/replay-attack.ts';
import { HEARTBEAT, PODS, prepareHeartbeat, REGISTER, registeredWorker } from '../credentials/asking.ts';

const ORIGINS = ['https://elsewhere.example', 'null'] as const;

/** What a browser sends before a request with credentials of another site's page. */
const preflightOf = (origin: string, header: string): Record<string, string> => ({
  origin,
  'access-control-request-method': 'POST',
  'access-control-request-headers': `${header}, content-type`,
});

function allowsNothing({ headers }: HttpAnswer): void {
  const allowing = Object.keys(headers).filter((name) => name.startsWith('access-control-'));
  equal('headers that open the answer to other sites', allowing, []);
}

/** Neither these answers nor those to a browser's questions about the same paths may be open to other sites. */
async function closed(
  ask: (method: string, target: string, headers: Record<string, string>) => Promise<HttpAnswer>,
  header: string,
  rows: readonly (readonly [method: string, target: string, headers: Record<string, string>])[],
): Promise<void> {
  for (const origin of ORIGINS) {
    await eachRow(
      rows.map((row) => [`${row[0]} ${row[1]} from ${origin}`, row] as const),
      async ([method, target, headers]) => {
        allowsNothing(await ask(method, target, { ...headers, origin }));
        const preflight = await ask('OPTIONS', target, preflightOf(origin, header));
        allowsNothing(preflight);
        ok('a preflight is no success', preflight.status >= 400, { got: preflight.status });
      },
    );
  }
}

export default defineChecks([
  check(
    'SEC-PRS-011/gateway',
    "pages of other sites read nothing through a browser's gateway",
    { mutants: ['cross-origin-open'] },
    async (t: CheckContext) => {
      const user = await t.actors.shared('user');
      const authorization = `Bearer ${await t.actors.session(user)}`;
      const { http } = t.gateway;
      status(await http.send('GET', PODS, { headers: { authorization, origin: ORIGINS[0] } }), 200);
      await closed((method, target, headers) => http.send(method, target, { headers }), 'authorization', [
        ['GET', PODS, { authorization }],
        ['GET', PODS, {}],
        ['GET', '/healthz', {}],
        ['GET', '/nothing', { authorization }],
      ]);
    },
  ),

  check(
    'SEC-PRS-011/master',
    'pages of other sites read nothing of the master',
    { mutants: ['cross-origin-open'] },
    async (t: CheckContext) => {
      const worker = await registeredWorker(t);
      const { http } = t.master;
      const prepared = await prepareHeartbeat(t, worker);
      const beaten = await http.send('POST', HEARTBEAT, {
        headers: { ...headersOf(prepared), origin: ORIGINS[0] },
        body: prepared.body,
      });
      status(beaten, 200);
      allowsNothing(beaten);
      await closed((method, target, headers) => http.send(method, target, { headers }), 'x-seal-token', [
        ['POST', HEARTBEAT, {}],
        ['POST', REGISTER, {}],
        ['GET', '/health', {}],
        ['GET', PODS, {}],
        ['GET', '/api/v1/attestation?nonce=AAAAAAAAAAAAAAAAAAAAAA', {}],
      ]);
    },
  ),
]);
