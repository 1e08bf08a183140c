import { randomBytes } from 'node:crypto';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, ok, refused, status, type Refusal } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import type { Actor } from '../../world/actors.ts';
import type { WorkerSend } from '../../world/master-api.ts';
import { nodeObject, readyOf } from '../../world/played-node.ts';
import { nodesNamed } from './nodes.ts';

const now = (): number => Math.floor(Date.now() / 1000);

/** Sends a registration that must be refused, and looks that no Node came of it. */
async function refusedWithoutTrace(
  t: CheckContext,
  worker: Actor,
  send: WorkerSend,
  wanted: Refusal,
): Promise<void> {
  refused(await t.master.register(worker, send), wanted);
  equal('the Nodes of the refused worker', await nodesNamed(t, worker.nodeId), []);
}

const MALFORMED: Refusal = { status: 401, reason: 'MalformedCredential' };

export default defineChecks([
  check(
    'MS-REG-001',
    'a staked worker registers',
    { mutants: ['registration-without-message'] },
    async (t) => {
      const worker = await t.actors.fresh('node');
      const answer = await t.master.register(worker);
      status(answer, 200);
      equal('status', at(answer.json, 'status'), 'registered');
      equal('node_id', at(answer.json, 'node_id'), worker.nodeId);
      ok('there is a message for people', typeof at(answer.json, 'message') === 'string', {
        got: answer.json,
      });
    },
  ),

  check('MS-REG-002/none', 'a registration without a credential is refused', {}, async (t) => {
    await refusedWithoutTrace(t, await t.actors.fresh('node'), { credential: null }, MALFORMED);
  }),

  check(
    'MS-REG-002/made-up',
    'a registration with a made-up credential is refused',
    { mutants: ['any-string-passes'] },
    async (t) => {
      await refusedWithoutTrace(
        t,
        await t.actors.fresh('node'),
        { credential: 'a-made-up-token' },
        MALFORMED,
      );
    },
  ),

  check(
    'MS-REG-002/not-on-chain',
    'a well-formed credential for a token that is not on chain is refused',
    { mutants: ['format-only'] },
    async (t) => {
      const worker = await t.actors.fresh('node');
      const token = `0x${randomBytes(32).toString('hex')}`;
      const wanted = { status: 401, reason: 'UnknownToken' };
      await refusedWithoutTrace(t, worker, { mint: { token }, body: { seal_token: token } }, wanted);
    },
  ),

  check(
    'MS-REG-003',
    'a node_id that is not the token’s is refused',
    { mutants: ['foreign-node-accepted'] },
    async (t) => {
      const worker = await t.actors.shared('node');
      const other = t.name('other');
      refused(await t.master.register(worker, { body: { node_id: other } }), {
        status: 403,
        reason: 'NodeIdMismatch',
      });
      equal('the Nodes of that name', await nodesNamed(t, other), []);
    },
  ),

  check(
    'MS-REG-004',
    'a seal_token that is not the credential’s is refused',
    { mutants: ['body-token-unchecked'] },
    async (t) => {
      const worker = await t.actors.fresh('node');
      const other = await t.actors.shared('node');
      const answer = await t.master.register(worker, { body: { seal_token: other.token } });
      status(answer, [403, 400]);
      equal('the Nodes of the refused worker', await nodesNamed(t, worker.nodeId), []);
      status(await t.master.register(worker), 200);
    },
  ),

  ...[-31, 31].map((offset) =>
    check(
      `MS-REG-005/${offset < 0 ? 'past' : 'future'}`,
      `a timestamp ${Math.abs(offset)} s in the ${offset < 0 ? 'past' : 'future'} is refused, one 25 s off is not`,
      { mutants: ['registration-timestamp-ignored'] },
      async (t) => {
        const worker = await t.actors.fresh('node');
        // Twice the distance into the future: the time that the request takes brings it nearer.
        const timestamp = now() + (offset > 0 ? 2 * offset : offset - 1);
        await refusedWithoutTrace(
          t,
          worker,
          { body: { timestamp } },
          { status: 400, reason: 'TimestampOutOfRange' },
        );
        status(await t.master.register(worker, { body: { timestamp: now() + Math.sign(offset) * 25 } }), 200);
      },
    ),
  ),

  check(
    'MS-REG-006',
    'a timestamp that is missing or no whole number is refused',
    { mutants: ['registration-loosely-read'] },
    async (t) => {
      const worker = await t.actors.fresh('node');
      await eachRow<unknown>(
        [
          ['missing', undefined],
          ['null', null],
          ['a fraction', now() + 0.5],
          ['text', String(now())],
          ['a date', new Date().toISOString()],
          ['a list', [now()]],
        ],
        async (timestamp) => refusedWithoutTrace(t, worker, { body: { timestamp } }, { status: 400 }),
      );
      status(await t.master.register(worker), 200);
    },
  ),

  check(
    'MS-REG-007',
    'a node_id that is no DNS-1123 label is refused',
    { mutants: ['registration-loosely-read'] },
    async (t) => {
      const worker = await t.actors.shared('node');
      await eachRow(
        [
          ['empty', ''],
          ['capitals', 'Node-One'],
          ['an underscore', 'node_one'],
          ['a hyphen first', '-node'],
          ['a hyphen last', 'node-'],
          ['a dot', 'node.one'],
          ['64 characters', 'n'.repeat(64)],
          ['a path', '../secrets'],
          ['letters beyond ASCII', 'nöde'],
        ],
        async (node_id) =>
          refused(await t.master.register(worker, { body: { node_id } }), {
            status: 400,
            reason: 'InvalidNodeId',
          }),
      );
    },
  ),

  check(
    'MS-REG-008',
    'the owner registers again and there is still one Node',
    { mutants: ['registration-only-once'] },
    async (t) => {
      const worker = await t.actors.fresh('node');
      status(await t.master.register(worker), 200);
      const before = await nodesNamed(t, worker.nodeId);
      status(await t.master.register(worker), 200);
      const after = await nodesNamed(t, worker.nodeId);
      equal('the number of its Nodes', after.length, 1);
      equal('the uid of its Node', at(after[0], 'metadata', 'uid'), at(before[0], 'metadata', 'uid'));
    },
  ),

  check(
    'MS-REG-009',
    'another owner cannot register a node_id that is taken',
    { mutants: ['taken-node-accepted'] },
    async (t) => {
      const first = await t.actors.fresh('node');
      status(await t.master.register(first), 200);
      const uid = async (): Promise<unknown> => at((await nodesNamed(t, first.nodeId))[0], 'metadata', 'uid');
      const before = await uid();
      const other = await t.actors.fresh('node');
      const answer = await t.master.register(other, { body: { node_id: first.nodeId } });
      status(answer, [409, 403]);
      refused(answer, {
        status: answer.status,
        reason: answer.status === 409 ? 'NodeIdTaken' : 'NodeIdMismatch',
      });
      equal('the uid of the first one’s Node', await uid(), before);
      status(await t.master.heartbeat(first), 200);
    },
  ),

  check(
    'MS-REG-010',
    'a registered worker is a Node that is not Ready yet',
    { mutants: ['ready-at-registration'] },
    async (t) => {
      const worker = await t.actors.fresh('node');
      equal('the Node before the registration', await nodeObject(t, worker.nodeId), undefined);
      status(await t.master.register(worker), 200);
      const node = await nodeObject(t, worker.nodeId);
      ok('there is a Node of that name', node !== undefined, { wanted: worker.nodeId });
      ok('it is not Ready before its agent reported', readyOf(node) !== 'True', { got: at(node, 'status') });
    },
  ),

  check(
    'MS-REG-011',
    'a body that is not the JSON asked for is refused',
    { mutants: ['registration-loosely-read'] },
    async (t) => {
      const worker = await t.actors.fresh('node');
      const body = { node_id: worker.nodeId, seal_token: worker.token, timestamp: now() };
      await eachRow<[text: string, status: number]>(
        [
          ['an unknown field', [JSON.stringify({ ...body, admin: true }), 400]],
          ['no node_id', [JSON.stringify({ ...body, node_id: undefined }), 400]],
          ['no seal_token', [JSON.stringify({ ...body, seal_token: undefined }), 400]],
          ['a number as node_id', [JSON.stringify({ ...body, node_id: 7 }), 400]],
          ['a list as seal_token', [JSON.stringify({ ...body, seal_token: [worker.token] }), 400]],
          ['a list', [JSON.stringify([body]), 400]],
          ['null', ['null', 400]],
          ['nothing', ['', 400]],
          ['half of it', [JSON.stringify(body).slice(0, -1), 400]],
          ['a key twice', [`{"node_id":"x",${JSON.stringify(body).slice(1)}`, 400]],
          ['more than a megabyte', [JSON.stringify({ ...body, pad: 'x'.repeat(1_200_000) }), 413]],
        ],
        async ([text, wanted]) => {
          const target = '/api/v1/register-worker';
          const credential = await t.actors.oneShot(worker, { method: 'POST', target, body: text });
          const headers = { 'x-seal-token': credential, 'content-type': 'application/json' };
          const answer = await t.master.http.send('POST', target, { headers, body: text });
          refused(answer, { status: wanted });
          ok('it gives a reason', typeof at(answer.json, 'error', 'reason') === 'string', {
            got: answer.text,
          });
        },
      );
      equal('the Nodes of the refused worker', await nodesNamed(t, worker.nodeId), []);
      for (const method of ['GET', 'PUT', 'DELETE']) {
        refused(await t.master.http.send(method, '/api/v1/register-worker'), {
          status: 405,
          reason: 'MethodNotAllowed',
        });
      }
    },
  ),

  check(
    'MS-REG-012',
    'errors of the worker API have reason, message and code',
    { mutants: ['errors-flat'] },
    async (t) => {
      const worker = await t.actors.shared('node');
      const { http } = t.master;
      const answers = [
        await t.master.register(worker, { credential: null }),
        await t.master.register(worker, { body: { timestamp: 1 } }),
        await t.master.heartbeat(worker, { body: { node_id: t.name('other') } }),
        await http.send('DELETE', '/api/v1/heartbeat'),
        await http.send('GET', '/api/v1/attestation'),
        await http.send('GET', `/api/v1/responses/${'0'.repeat(32)}`),
      ];
      for (const answer of answers) {
        ok('it is a refusal', answer.status >= 400, { got: answer.status });
        equal(
          'the error',
          {
            keys: Object.keys(answer.json ?? {}),
            reason: typeof at(answer.json, 'error', 'reason'),
            message: typeof at(answer.json, 'error', 'message'),
            code: at(answer.json, 'error', 'code'),
          },
          { keys: ['error'], reason: 'string', message: 'string', code: answer.status },
        );
      }
    },
  ),
]);
