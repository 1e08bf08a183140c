import { createHash } from 'node:crypto';
import type { HttpAnswer } from '../../drivers/http.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { ok, refused, status } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import type { Actor } from '../../world/actors.ts';
import { heartbeat } from '../../world/master-api.ts';
import { faultOfCopies, REPLAY } from '../../world/replay-attack.ts';
import { beat, HEARTBEAT, prepareHeartbeat, REGISTER, registeredWorker, unixNow } from './asking.ts';
import { everyFault } from './faults.ts';
import { withBytes } from './forging.ts';

const MALFORMED = { status: 401, reason: 'MalformedCredential' } as const;
const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** A heartbeat with these changes of the claims must be refused so; the same one without them passes. */
async function boundOtherwise(
  t: CheckContext,
  worker: Actor,
  rows: readonly (readonly [string, object])[],
): Promise<void> {
  await eachRow(rows, async (claims) => {
    const wrong = await prepareHeartbeat(t, worker, { mint: { claims } });
    refused(await beat(t, wrong), { status: 401, reason: 'BindingMismatch' });
  });
  status(await beat(t, await prepareHeartbeat(t, worker)), 200);
}

export default defineChecks([
  check(
    'CR-ONE-001',
    'without a credential in X-Seal-Token a worker is refused',
    { mutants: ['any-string-passes'] },
    async (t) => {
      const worker = await registeredWorker(t);
      const { credential, body } = await prepareHeartbeat(t, worker);
      const json: Record<string, string> = { 'content-type': 'application/json' };
      await eachRow(
        [
          ['no header', json],
          ['an empty header', { ...json, 'x-seal-token': '' }],
          ['Authorization', { ...json, authorization: `Bearer ${credential}` }],
          ['X-Auth-Token', { ...json, 'x-auth-token': credential }],
          ['X-Gateway-Credential', { ...json, 'x-gateway-credential': credential }],
          ['Cookie', { ...json, cookie: `X-Seal-Token=${credential}` }],
          ['with a scheme', { ...json, 'x-seal-token': `Bearer ${credential}` }],
        ],
        async (headers) => refused(await beat(t, { credential, body }, { headers }), MALFORMED),
      );
      refused(
        await beat(
          t,
          { credential, body },
          { headers: json, target: `${HEARTBEAT}?x-seal-token=${credential}` },
        ),
        MALFORMED,
      );
      status(await beat(t, { credential, body }), 200);
    },
  ),

  check(
    'CR-ONE-002',
    'a session credential is no one-shot one',
    { mutants: ['binding-unchecked'] },
    async (t) => {
      const worker = await registeredWorker(t);
      const session = await t.actors.session(worker);
      const body = JSON.stringify(heartbeat(worker));
      refused(await beat(t, { credential: session, body }), {
        status: 401,
        reason: ['BindingMismatch', 'MalformedCredential'],
      });
      status(await beat(t, await prepareHeartbeat(t, worker)), 200);
    },
  ),

  check(
    'CR-ONE-003',
    'a credential for another method is refused',
    { mutants: ['binding-unchecked'] },
    async (t) => {
      const rows = ['PUT', 'GET', 'PATCH', 'DELETE'].map((htm) => [htm, { htm }] as const);
      await boundOtherwise(t, await registeredWorker(t), rows);
    },
  ),

  check(
    'CR-ONE-004',
    'a credential for another path or query is refused',
    { mutants: ['binding-unchecked'] },
    async (t) => {
      const worker = await registeredWorker(t);
      const other = [
        REGISTER,
        `${HEARTBEAT}/`,
        `${HEARTBEAT}?`,
        `${HEARTBEAT}?a=1`,
        '/',
        '/api/v1/heartbeat2',
        '/api/v1/Heartbeat',
      ];
      await boundOtherwise(
        t,
        worker,
        other.map((htu) => [htu, { htu }] as const),
      );
      const prepared = await prepareHeartbeat(t, worker);
      for (const target of [`${HEARTBEAT}?a=1`, `${HEARTBEAT}?`, '/api/v1/%68eartbeat']) {
        const answer = await beat(t, prepared, { target });
        refused(answer, { status: 401, reason: 'BindingMismatch' });
      }
    },
  ),

  check(
    'CR-ONE-005',
    'a credential for another body is refused',
    { mutants: ['binding-unchecked'] },
    async (t) => {
      const worker = await registeredWorker(t);
      const rows = [
        ['of nothing', { bod: digest('') }],
        ['of zeros', { bod: 'A'.repeat(43) }],
      ] as const;
      await boundOtherwise(t, worker, rows);
      const { credential, body } = await prepareHeartbeat(t, worker);
      await eachRow(
        [
          ['a blank after it', `${body} `],
          ['a blank inside', body.replace('{', '{ ')],
          ['a line feed', `${body}\n`],
          ['another figure', body.replace('"running_pods":0', '"running_pods":9')],
          ['empty', ''],
        ],
        async (changed) =>
          refused(await beat(t, { credential, body }, { body: changed }), {
            status: 401,
            reason: 'BindingMismatch',
          }),
      );
      status(await beat(t, { credential, body }), 200);
    },
  ),

  check('CR-ONE-006/heartbeat', 'the second use is a replay', { mutants: ['nonce-forgotten'] }, async (t) => {
    const prepared = await prepareHeartbeat(t, await registeredWorker(t));
    status(await beat(t, prepared), 200);
    for (let times = 0; times < 3; times += 1) refused(await beat(t, prepared), REPLAY);
  }),

  check(
    'CR-ONE-006/registration',
    'a registration cannot be replayed',
    { mutants: ['nonce-forgotten'] },
    async (t) => {
      const worker = await t.actors.fresh('node');
      const body = JSON.stringify({ node_id: worker.nodeId, seal_token: worker.token, timestamp: unixNow() });
      const credential = await t.actors.oneShot(worker, { method: 'POST', target: REGISTER, body });
      status(await beat(t, { credential, body }, { target: REGISTER }), 200);
      refused(await beat(t, { credential, body }, { target: REGISTER }), REPLAY);
    },
  ),

  check(
    'CR-ONE-007',
    'of a hundred copies at once exactly one passes',
    { mutants: ['nonce-race', 'nonce-forgotten'] },
    async (t) => {
      const worker = await registeredWorker(t);
      const prepared = await prepareHeartbeat(t, worker);
      // The connections are there before, so that the copies really come together.
      const warm = await Promise.all(Array.from({ length: 64 }, () => prepareHeartbeat(t, worker)));
      await Promise.all(warm.map((one) => beat(t, one)));
      const answers = await Promise.all(Array.from({ length: 100 }, () => beat(t, prepared)));
      const copies = answers.filter((answer) => answer.status !== 200);
      const fault = faultOfCopies({ accepted: 100 - copies.length, refused: copies.length, others: 0 });
      ok(fault ?? 'exactly one passed', fault === undefined, { got: answers.map(({ status: got }) => got) });
      for (const answer of copies) refused(answer, REPLAY);
    },
  ),

  check(
    'CR-ONE-011',
    'a credential whose request failed is used up',
    { mutants: ['nonce-forgotten'] },
    async (t) => {
      const worker = await registeredWorker(t);
      await eachRow(
        [
          ['a timestamp far off', { timestamp: 1 }],
          ["another's node_id", { node_id: t.name('other') }],
          ['an unknown field', { surprise: true }],
          ['a field missing', { running_pods: undefined }],
        ],
        async (body) => {
          const prepared = await prepareHeartbeat(t, worker, { body });
          const first = await beat(t, prepared);
          status(first, [400, 403]);
          refused(await beat(t, prepared), REPLAY);
        },
      );
    },
  ),

  check(
    'CR-ONE-012',
    'a forged credential does not use up the nonce',
    { mutants: ['nonce-before-signature'] },
    async (t) => {
      const worker = await registeredWorker(t);
      const prepared = await prepareHeartbeat(t, worker);
      const forged = withBytes(prepared.credential, (bytes) => void (bytes[20]! ^= 1));
      for (let times = 0; times < 3; times += 1) {
        refused(await beat(t, { ...prepared, credential: forged }), { status: 401, reason: 'BadSignature' });
      }
      status(await beat(t, prepared), 200);
    },
  ),

  ...(['user', 'admin'] as const).map((kind) =>
    check(
      `CR-ONE-013/${kind}`,
      `the token of a ${kind} is forbidden at the worker endpoints`,
      { mutants: ['kind-unchecked'] },
      async (t) => {
        const actor = await t.actors.shared(kind);
        const posing = { ...actor, nodeId: t.name('posing') };
        for (const answer of [await t.master.register(posing), await t.master.heartbeat(posing)]) {
          refused(answer, { status: 403, reason: 'Forbidden' });
        }
        status(await beat(t, await prepareHeartbeat(t, await registeredWorker(t))), 200);
      },
    ),
  ),

  ...[HEARTBEAT, REGISTER].map((target) =>
    check(
      `CR-ONE-014/${target === HEARTBEAT ? 'heartbeat' : 'registration'}`,
      `${target} refuses for the reasons of the gateway`,
      { mutants: ['format-only', 'expiry-unchecked', 'refusal-in-general'] },
      async (t) => {
        const user = await t.actors.shared('user');
        const faults = await everyFault(t, user);
        const body = JSON.stringify(heartbeat(await registeredWorker(t)));
        const answerTo = (credential: string): Promise<HttpAnswer> =>
          beat(t, { credential, body }, { target });
        await eachRow(
          // A used nonce is the gateway's own affair; what it is at the master, CR-ONE-006 says.
          faults
            .filter(({ reason }) => reason !== 'ReplayDetected')
            .map((faulty) => [faulty.reason, faulty] as const),
          async ({ credential, reason }) => refused(await answerTo(credential), { status: 401, reason }),
        );
        await eachRow(
          ['x', 'seal1', user.token, 'seal1.e30.AA'].map((text) => [text, text] as const),
          async (text) => refused(await answerTo(text), MALFORMED),
        );
      },
    ),
  ),
]);
