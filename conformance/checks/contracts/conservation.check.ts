import fc from 'fast-check';
import { OBJECTS, STAKE_STATUS } from '../../../contracts/bindings/index.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal } from '../../runner/expectations.ts';
import { property } from '../../runner/property.ts';
import { ACTIVE, MAINTENANCE, bench, nobody, setStatuses } from './bench.ts';
import { history, type Real } from './model-commands.ts';
import { Model } from './model.ts';
import { epoch } from './stage.ts';

const WALLETS = 3;
const HISTORIES = 6;
const STEPS = 20;

type Invariants = (t: CheckContext, before: Pool, model: Model) => Promise<void>;
type Pool = Awaited<ReturnType<typeof poolOf>>;

async function poolOf(t: CheckContext) {
  const pool = await t.chain.object('StakingPool', t.world.chain.ids.pool);
  const { balance, slashed, total_staked, total_slashed } = pool;
  return { balance, slashed, total_staked, total_slashed };
}

/** The pool holds what the stakes are worth and what was slashed and not swept. */
const holdsTheSum: Invariants = async (t, before, model) => {
  const pool = await poolOf(t);
  equal(
    'what the pool holds, by balance and slashed funds',
    [pool.balance - before.balance, pool.slashed - before.slashed],
    // The first sweep takes what was there before.
    [model.staked, model.slashed - (model.swept ? before.slashed : 0n)],
  );
};

/** The totals say the same as the stakes. */
const totalsAgree: Invariants = async (t, before, model) => {
  const pool = await poolOf(t);
  equal(
    'total_staked and total_slashed',
    [pool.total_staked - before.total_staked, pool.total_slashed - before.total_slashed],
    [model.staked, model.totalSlashed],
  );
};

/** Every record and every token of the history is as the model has it. */
async function objectsAgree(t: CheckContext, model: Model): Promise<void> {
  const ids = [...model.records, ...model.tokens].map(({ id }) => id);
  if (ids.length === 0) return;
  const { objects } = await t.chain.client.core.getObjects({ objectIds: ids, include: { content: true } });
  const contents = new Map(
    objects.map((object) => (object instanceof Error ? ['', undefined] : [object.objectId, object.content])),
  );
  const bytes = (id: string): Uint8Array => contents.get(id) ?? new Uint8Array();
  const records = model.records.map(({ id }) => OBJECTS.StakeRecord.parse(bytes(id)));
  equal(
    'the records',
    records.map(({ amount, status }) => [amount, status]),
    model.records.map(({ amount, status }) => [amount, STAKE_STATUS[status]]),
  );
  const tokens = model.tokens.map(({ id }) => OBJECTS.SealToken.parse(bytes(id)));
  equal(
    'which tokens are revoked',
    tokens.map(({ revoked }) => revoked),
    model.tokens.map(({ revoked }) => revoked),
  );
}

const count = (events: readonly { data: { request_id: string } }[], id: string): number =>
  events.filter(({ data }) => data.request_id === id).length;

/** Each request of the history has one event, and a result if it was answered. */
async function eventsAgree(t: CheckContext, model: Model): Promise<void> {
  const [requests, results] = [await t.chain.events('K8sAPIRequest'), await t.chain.events('K8sAPIResult')];
  for (const [id, answered] of model.requests)
    equal(
      `events of request ${id} and of its result`,
      [count(requests, id), count(results, id)],
      [1, answered ? 1 : 0],
    );
}

/** Runs random histories of a few wallets against the model, with these invariants after each step. */
async function histories(t: CheckContext, what: string, invariants: Invariants): Promise<void> {
  await t.needsCap('slash');
  t.needs('a chain whose epochs it can advance', t.world.chain.provider === 'embedded');
  const { slash: slashCap = '' } = await t.control.operator({});
  const own = await bench(t);
  const main = t.world.chain.ids.endpoint;
  t.defer(() => setStatuses(t, { [main]: ACTIVE }));
  // Requests go to the suite’s own endpoint, whose master it plays.
  await setStatuses(t, { [main]: MAINTENANCE });
  const tested = fc.asyncProperty(history(WALLETS, STEPS), async (commands) => {
    const wallets = await Promise.all(
      Array.from({ length: WALLETS }, () => t.actors.wallet(60_000_000_000n)),
    );
    const [before, model] = [await poolOf(t), new Model(await epoch(t))];
    const real: Real = {
      t,
      wallets,
      bench: own,
      slashCap,
      purse: nobody(),
      invariants: async (now) => {
        await invariants(t, before, now);
        await objectsAgree(t, now);
      },
    };
    await fc.asyncModelRun(() => ({ model, real }), commands);
    await eventsAgree(t, model);
  });
  await property(what, t.seed, HISTORIES, tested);
}

export default defineChecks([
  check(
    'CT-STK-026',
    'over random histories the pool holds the stakes and the slashed funds to the MIST',
    {
      exclusive: true,
      timeoutMs: 90_000,
      mutants: ['slash-moves-nothing', 'withdrawal-not-recorded', 'slash-rounds-up'],
    },
    (t) => histories(t, 'the pool holds what it owes and nothing else', holdsTheSum),
  ),

  check(
    'CT-STK-027',
    'over random histories the pool’s totals agree with its stakes',
    {
      exclusive: true,
      timeoutMs: 90_000,
      mutants: ['slash-totals-drift', 'withdraw-keeps-total'],
    },
    (t) => histories(t, 'the totals are the sums of the stakes and of the slashes', totalsAgree),
  ),
]);
