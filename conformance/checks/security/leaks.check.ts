import type { HttpAnswer } from '../../drivers/http.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, eventually, ok, status } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import {
  ask,
  beat,
  PODS,
  prepareHeartbeat,
  REGISTER,
  registeredWorker,
  sealClaims,
} from '../credentials/asking.ts';
import { withBytes } from '../credentials/forging.ts';
import { holdsNone, piecesOf, piecesOfCredential, SECRETS } from './secrets.ts';

export default defineChecks([
  check(
    'SEC-LEAK-001/gateway',
    "the gateway's log holds no credential",
    { mutants: ['credential-in-log'] },
    async (t) => {
      const user = await t.actors.shared('user');
      const [good, bad, early, queried] = await Promise.all([
        t.actors.session(user),
        t.actors.session(user),
        sealClaims(t, user, { iat: 1, exp: 100 }),
        t.actors.session(user),
      ]);
      const forged = withBytes(bad, (bytes) => void (bytes[30]! ^= 1));
      status(await ask(t, good), 200);
      for (const credential of [forged, early]) status(await ask(t, credential), 401);
      status(await t.gateway.http.send('GET', `${PODS}?token=${queried}`), 401);
      status(await t.gateway.with(good, 'POST', PODS, { body: '{' }), [400, 403]);
      const log = await eventually(
        'a log of the gateway',
        async () => (await t.control.logs({ part: 'gateway' })).text || undefined,
        { withinMs: 3_000 },
      );
      for (const credential of [good, forged, early, queried])
        holdsNone('the log', log, piecesOfCredential(credential));
    },
  ),

  check(
    'SEC-LEAK-001/master',
    "the master's log holds no credential and no join token",
    { mutants: ['credential-dumped'] },
    async (t) => {
      const worker = await registeredWorker(t);
      const prepared = await prepareHeartbeat(t, worker);
      status(await beat(t, prepared), 200);
      const forged = withBytes(
        (await prepareHeartbeat(t, worker)).credential,
        (bytes) => void (bytes[9]! ^= 4),
      );
      status(await beat(t, { ...prepared, credential: forged }), 401);
      const again = await t.master.register(worker);
      const join = at(again.json, 'join', 'token');
      const { text } = await t.control.logs({ part: 'master' });
      ok('the master has a log', text !== '');
      for (const credential of [prepared.credential, forged])
        holdsNone('the log', text, piecesOfCredential(credential));
      if (typeof join === 'string') holdsNone('the log', text, piecesOf(join));
    },
  ),

  check(
    'SEC-LEAK-001/worker',
    "a worker's log holds neither its key nor its credentials",
    { timeoutMs: 30_000 },
    async (t: CheckContext) => {
      t.needs('a worker that the suite can start', t.world.worker);
      const worker = await t.control.startWorker({});
      t.defer(() => t.control.kill({ part: worker.id }));
      await eventually(
        'a heartbeat of the worker',
        async () => {
          const node = await t.gateway.as(
            await t.actors.shared('admin'),
            'GET',
            `/api/v1/nodes/${worker.nodeId}`,
          );
          return node.status === 200 ? true : undefined;
        },
        { withinMs: 20_000, intervalMs: 200, signal: t.signal },
      );
      const { text } = await t.control.logs({ part: worker.id });
      ok('the worker has a log', text !== '');
      holdsNone('the log', text, piecesOf(worker.secretKey.replace('suiprivkey1', '')));
      ok('nothing looks like a credential', !/seal1\.[A-Za-z0-9_-]{5}/.test(text));
    },
  ),

  check(
    'SEC-LEAK-002',
    'no error, event or metric holds a credential or a join token',
    { mutants: ['credential-in-error'] },
    async (t) => {
      const [user, admin, worker] = await Promise.all([
        t.actors.shared('user'),
        t.actors.shared('admin'),
        registeredWorker(t),
      ]);
      const session = await t.actors.session(user);
      const prepared = await prepareHeartbeat(t, worker, { body: { timestamp: 5 } });
      const bodies: [string, HttpAnswer][] = [
        [
          'a forged one',
          await ask(
            t,
            withBytes(session, (bytes) => void (bytes[5]! ^= 1)),
          ),
        ],
        ['one without permission', await t.gateway.with(session, 'GET', SECRETS)],
        [
          'one in the path',
          await t.gateway.with(session, 'GET', `/api/v1/namespaces/default/pods/${session}`),
        ],
        ['one in the query', await t.gateway.with(session, 'GET', `${PODS}?limit=${session}`)],
        ['one in the body', await t.gateway.as(admin, 'POST', PODS, { body: session })],
        ['an expired one', await ask(t, await sealClaims(t, user, { iat: 1, exp: 9 }))],
        ["a worker's", await beat(t, prepared)],
        ["a worker's again", await beat(t, prepared)],
        ["a worker's elsewhere", await beat(t, prepared, { target: REGISTER })],
      ];
      const secrets = [...piecesOfCredential(session), ...piecesOfCredential(prepared.credential)];
      await eachRow(bodies, async (answer) => {
        ok('it is refused', answer.status >= 400, { got: answer.status });
        // The client's own path may be named; what follows from reading the credential may not.
        const echoed = answer.text.replaceAll(session, '');
        holdsNone('the answer', `${echoed} ${JSON.stringify(answer.headers)}`, secrets);
        await Promise.resolve();
      });
      const events = await t.gateway.as(admin, 'GET', '/api/v1/events');
      holdsNone('the events', events.text, secrets);
      if (t.world.master?.metricsUrl !== undefined) {
        const metrics = await t.http(new URL(t.world.master.metricsUrl).origin).send('GET', '/metrics');
        holdsNone('the metrics', metrics.text, secrets);
      }
    },
  ),
]);
