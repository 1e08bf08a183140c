import { freshNonce } from '../../drivers/credential.ts';
import { pause } from '../../drivers/wait.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { equal, eventually, isStatus, ok, reasonsOf, refused, status } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { pod } from '../../world/gateway-api.ts';
import { ask, mustPass, mustRefuse, partsOf, PODS, sealClaims, unixNow } from './asking.ts';

const sha256 = async (text: string): Promise<string> =>
  Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(text))).toString('base64url');

export default defineChecks([
  check('CR-SES-001', 'one session serves many requests', { mutants: ['session-once'] }, async (t) => {
    const admin = await t.actors.fresh('admin');
    const session = await t.actors.session(admin);
    const name = t.name('session');
    await mustPass(t, session);
    status(await t.gateway.with(session, 'GET', '/api'), 200);
    status(await t.gateway.with(session, 'POST', PODS, { body: pod(name) }), [201, 504]);
    await eventually(
      'the pod',
      async () =>
        (await t.gateway.with(session, 'GET', `${PODS}/${name}`)).status === 200 ? true : undefined,
      { withinMs: 8_000, signal: t.signal },
    );
    status(await t.gateway.with(session, 'DELETE', `${PODS}/${name}`), [200, 504]);
    const short = await t.actors.session(admin, { lifetime: 3 });
    const { exp } = JSON.parse(Buffer.from(partsOf(short).payload, 'base64url').toString()) as {
      exp: number;
    };
    let times = 0;
    while (Date.now() < (exp - 1) * 1000) {
      await mustPass(t, short);
      times += 1;
      await pause(60, t.signal);
    }
    ok('it was used several times', times > 1, { got: times });
  }),

  check(
    'CR-SES-002',
    'a nonce that comes with another payload is a replay',
    { mutants: ['nonce-forgotten'] },
    async (t) => {
      const user = await t.actors.shared('user');
      const now = unixNow();
      const nonce = freshNonce();
      await mustPass(t, await sealClaims(t, user, { nonce, iat: now, exp: now + 60 }));
      await eachRow(
        [
          ['a later end', { iat: now, exp: now + 61 }],
          ['an earlier start', { iat: now - 1, exp: now + 60 }],
          ['a later window', { iat: now + 1, exp: now + 200 }],
        ],
        async (times) =>
          void (await mustRefuse(t, await sealClaims(t, user, { nonce, ...times }), 'ReplayDetected')),
      );
      await mustPass(t, await sealClaims(t, user, { iat: now, exp: now + 60 }));
    },
  ),

  check(
    'CR-SES-003',
    'a used session ends at its exp',
    { mutants: ['session-outlives-exp', 'nonce-forgotten'] },
    async (t) => {
      const user = await t.actors.shared('user');
      const exp = unixNow() + 2;
      const session = await sealClaims(t, user, { exp });
      await mustPass(t, session);
      await eventually(
        'the refusal of a used session after its end',
        async () => ((await ask(t, session)).status === 401 ? true : undefined),
        { withinMs: exp * 1000 + 1500 - Date.now(), signal: t.signal },
      );
      ok('it was not refused before its end', Date.now() >= exp * 1000 - 50, {
        wanted: exp,
        got: Date.now() / 1000,
      });
      await mustRefuse(t, session, ['CredentialExpired', 'ReplayDetected']);
    },
  ),

  check(
    'CR-SES-004',
    'a bound credential does not pass for a session',
    { mutants: ['binding-unchecked'] },
    async (t) => {
      const user = await t.actors.shared('user');
      const match = { htm: 'GET', htu: PODS, bod: await sha256('') };
      await eachRow(
        [
          ['another method', { ...match, htm: 'POST' }],
          ['another path', { ...match, htu: `${PODS}/a` }],
          ['another query', { ...match, htu: `${PODS}?limit=1` }],
          ['another body', { ...match, bod: await sha256('{}') }],
        ],
        async (bound) => void (await mustRefuse(t, await sealClaims(t, user, bound), 'BindingMismatch')),
      );
      await mustPass(t, await sealClaims(t, user));
    },
  ),

  check(
    'CR-SES-005',
    'the same nonce under another token passes',
    { mutants: ['nonce-of-everybody'] },
    async (t) => {
      const [user, other] = await Promise.all([t.actors.shared('user'), t.actors.shared('admin')]);
      const nonce = freshNonce();
      await mustPass(t, await sealClaims(t, user, { nonce }));
      await mustPass(t, await sealClaims(t, other, { nonce }));
      await mustRefuse(t, await sealClaims(t, user, { nonce, exp: unixNow() + 100 }), 'ReplayDetected');
    },
  ),

  check(
    'CR-SES-006',
    'a node token is forbidden on the user API',
    { mutants: ['kind-unchecked'] },
    async (t) => {
      const node = await t.actors.shared('node');
      const name = t.name('by-node');
      for (const [method, body] of [
        ['GET', undefined],
        ['POST', pod(name)],
      ] as const) {
        const answer = await t.gateway.as(node, method, PODS, body ? { body } : {});
        refused(answer, { status: 403, reason: 'Forbidden' });
        isStatus(answer, 'Forbidden');
      }
      equal('the requests on chain', await t.chain.events('K8sAPIRequest', { token: node.token }), []);
      await mustPass(t, await t.actors.session(await t.actors.shared('user')));
    },
  ),

  check(
    'CR-SES-008/same',
    'many first uses of one session at once all pass',
    { mutants: ['session-once'] },
    async (t) => {
      const user = await t.actors.shared('user');
      for (let round = 0; round < 3; round += 1) {
        const session = await t.actors.session(user);
        const answers = await Promise.all(Array.from({ length: 40 }, () => ask(t, session)));
        equal('the statuses', new Set(answers.map((answer) => answer.status)), new Set([200]));
      }
    },
  ),

  check(
    'CR-SES-008/two',
    'of two payloads with one nonce at once only one passes',
    { mutants: ['nonce-race', 'nonce-forgotten'] },
    async (t) => {
      const user = await t.actors.shared('user');
      const now = unixNow();
      for (let round = 0; round < 8; round += 1) {
        const nonce = freshNonce();
        const rivals = await Promise.all(
          [60, 61].map((life) => sealClaims(t, user, { nonce, iat: now, exp: now + life })),
        );
        const answers = await Promise.all(rivals.map((credential) => ask(t, credential)));
        equal('the statuses', answers.map((answer) => answer.status).toSorted(), [200, 401]);
        const loser = answers.find((answer) => answer.status === 401);
        equal("the loser's reason", reasonsOf(loser?.json)[0], 'ReplayDetected');
      }
    },
  ),
]);
