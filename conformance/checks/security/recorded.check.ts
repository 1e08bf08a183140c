import { HttpDriver, type HttpAnswer } from '../../drivers/http.ts';
import { sendRaw } from '../../drivers/raw-tls.ts';
import { TcpProxy } from '../../drivers/tcp-proxy.ts';
import { pause } from '../../drivers/wait.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, eventually, ok, refused, status } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { partsOf, sealClaims, unixNow } from '../credentials/asking.ts';
import { withBytes } from '../credentials/forging.ts';
import { recordedSession, resends, sendAgain, stateOf } from './recorded.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const CREDENTIALS = ['x-seal-token', 'x-gateway-credential'] as const;

/** The credential with a later end under the signature of the earlier one. */
function forgedEnd(credential: string): string {
  const { payload, signature } = partsOf(credential);
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: number };
  const later = JSON.stringify({ ...claims, exp: claims.exp + 100 });
  return `seal1.${Buffer.from(later).toString('base64url')}.${signature}`;
}

export default defineChecks([
  check(
    'SEC-RPL-009',
    'what was recorded between gateway, worker and master is refused when it comes again, whole or changed',
    {
      mutants: ['nonce-forgotten', 'binding-unchecked', 'gateway-unverified'],
      timeoutMs: 60_000,
    },
    async (t) => {
      const session = await recordedSession(t);
      const before = await stateOf(session);
      const rows = session.captured.flatMap((request) => {
        const header = CREDENTIALS.find((name) =>
          request.headers.some(([given]) => given.toLowerCase() === name),
        );
        if (header === undefined) return [];
        const what = `${request.method} ${request.target.replaceAll(/[0-9a-f]{32}/g, '…')}`;
        return resends(request, header).map((row) => [`${what}, ${row.name}`, row] as const);
      });
      for (const part of ['register-worker', 'heartbeat', '/requests/', '/responses/']) {
        ok(
          `the recording has ${part}`,
          rows.some(([name]) => name.includes(part)),
        );
      }
      await eachRow(rows, async ({ request, reasons }) =>
        refused(await sendAgain(session, request), { status: 401, reason: reasons }),
      );
      // Once more and all together, as a script would.
      const whole = rows.filter(([, { reasons }]) => reasons.includes('ReplayDetected'));
      const answers = await Promise.all(whole.map(([, { request }]) => sendAgain(session, request)));
      for (const answer of answers) refused(answer, { status: 401, reason: 'ReplayDetected' });
      equal('objects and wallet of the master', await stateOf(session), before);
    },
  ),

  check(
    'SEC-RPL-010',
    "a client's recorded session is refused after its end, and under another signature before it",
    { mutants: ['session-outlives-exp', 'nonce-forgotten'], timeoutMs: 40_000 },
    async (t: CheckContext) => {
      const server = t.world.gateway;
      t.needs('a gateway', server !== undefined);
      const admin = await t.actors.fresh('admin');
      await using line = await TcpProxy.start({ target: server.url });
      await using client = new HttpDriver({ baseUrl: line.url, ca: server.ca });
      const name = t.name('recorded');
      const object = `${CONFIG_MAPS}/${name}`;
      const exp = unixNow() + 4;
      const credential = await sealClaims(t, admin, { exp });
      const requests: readonly (readonly [string, string, string?])[] = [
        ['POST', CONFIG_MAPS, JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })],
        [
          'PUT',
          object,
          JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: {} }),
        ],
        ['GET', object],
        ['DELETE', object],
      ];
      const play = (as: string, [method, target, body]: (typeof requests)[number]): Promise<HttpAnswer> =>
        client.send(method, target, {
          headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
          ...(body !== undefined && { body }),
        });
      // The object stays: a replayed DELETE would be seen.
      for (const request of requests.slice(0, 3)) status(await play(credential, request), [200, 201, 504]);
      const traces = async (): Promise<unknown> => ({
        events: (await t.chain.events('K8sAPIRequest', { token: admin.token })).length,
        object: (await t.gateway.as(admin, 'GET', object)).json,
      });
      const settled = await eventually(
        'the results of both writes',
        async () => {
          const asked = await t.chain.events('K8sAPIRequest', { token: admin.token });
          const done = new Set((await t.chain.events('K8sAPIResult')).map(({ data }) => data.request_id));
          return asked.length === 2 && asked.every(({ data }) => done.has(data.request_id))
            ? traces()
            : undefined;
        },
        { withinMs: 10_000, signal: t.signal },
      );
      for (const forged of [forgedEnd(credential), withBytes(credential, (bytes) => void (bytes[9]! ^= 4))]) {
        for (const request of requests)
          refused(await play(forged, request), { status: 401, reason: 'BadSignature' });
      }
      await pause(Math.max(0, exp * 1000 + 50 - Date.now()), t.signal);
      for (const request of requests)
        refused(await play(credential, request), {
          status: 401,
          reason: ['CredentialExpired', 'ReplayDetected'],
        });
      // The very bytes of the wire, under keys that the server no longer has.
      ok('there are recorded connections', line.said.length > 0);
      for (const bytes of line.said) {
        const answer = await sendRaw(server, [bytes], { plain: true, timeoutMs: 3_000, signal: t.signal });
        equal('answers to recorded TLS records', [answer.statuses, answer.closed], [[], true]);
      }
      equal('events and object', await traces(), settled);
    },
  ),
]);
