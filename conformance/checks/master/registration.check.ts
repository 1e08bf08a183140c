import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, ok, refused, status, type Refusal } from '../../runner/expectations.ts';
import type { Actor } from '../../world/actors.ts';
import type { WorkerSend } from '../../world/master-api.ts';
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

export default defineChecks([
  check('MS-REG-001', 'a staked worker registers', {}, async (t) => {
    const worker = await t.actors.fresh('node');
    const answer = await t.master.register(worker);
    status(answer, 200);
    equal('status', at(answer.json, 'status'), 'registered');
    equal('node_id', at(answer.json, 'node_id'), worker.nodeId);
    ok('there is a message for people', typeof at(answer.json, 'message') === 'string', { got: answer.json });
  }),

  check(
    'MS-REG-002/none',
    'a registration without a credential is refused',
    { mutants: ['any-string-passes'] },
    async (t) => {
      const worker = await t.actors.fresh('node');
      await refusedWithoutTrace(
        t,
        worker,
        { credential: null },
        { status: 401, reason: 'MalformedCredential' },
      );
    },
  ),

  check(
    'MS-REG-002/made-up',
    'a registration with a made-up credential is refused',
    { mutants: ['any-string-passes'] },
    async (t) => {
      const worker = await t.actors.fresh('node');
      await refusedWithoutTrace(
        t,
        worker,
        { credential: 'a-made-up-token' },
        { status: 401, reason: 'MalformedCredential' },
      );
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

  ...[-31, 31].map((offset) =>
    check(
      `MS-REG-005/${offset < 0 ? 'past' : 'future'}`,
      `a timestamp ${offset} s off is refused`,
      { mutants: ['registration-timestamp-ignored'] },
      async (t) => {
        const worker = await t.actors.fresh('node');
        await refusedWithoutTrace(
          t,
          worker,
          { body: { timestamp: now() + offset * 2 } },
          { status: 400, reason: 'TimestampOutOfRange' },
        );
        status(await t.master.register(worker, { body: { timestamp: now() + Math.sign(offset) * 25 } }), 200);
      },
    ),
  ),

  check('MS-REG-008', 'the owner registers again and there is still one Node', {}, async (t) => {
    const worker = await t.actors.fresh('node');
    for (let times = 0; times < 2; times += 1) status(await t.master.register(worker), 200);
    const nodes = await nodesNamed(t, worker.nodeId);
    equal('the number of its Nodes', nodes.length, 1);
  }),
]);
