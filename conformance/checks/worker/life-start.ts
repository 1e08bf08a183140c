import type { Check } from '../../runner/check.ts';
import { at, equal, ok } from '../../runner/expectations.ts';
import type { FakeRequest } from '../../world/fake-messages.ts';
import { provenClaims } from './credentials.ts';
import { STAKE_MIST } from './life.ts';
import { atLeast, ofLife } from './life-judging.ts';

/** What the start of a worker shows that lives with an honest master. */
export const startsOfLife: readonly Check[] = [
  ofLife(
    'WK-START-001/order',
    'stake and token are there before the master is asked, and its steps come in order',
    ['attestation-late', 'agent-started-early'],
    ({ stakedAtFirst, token, requests }) => {
      equal('what was staked when the master was first asked', stakedAtFirst, String(STAKE_MIST));
      const [asked] = atLeast(requests, 'attestation', 1);
      ok('its token was there before', Number(token.issued_at) * 1000 <= (asked?.at ?? 0) + 1_000, {
        wanted: asked?.at,
        got: token.issued_at,
      });
      const steps = ['attestation', 'register-worker', 'kubernetes', 'heartbeat'] as const;
      const firsts = steps.map((step) => requests.findIndex(({ route }) => route === step));
      ok('each step was taken', !firsts.includes(-1), { got: firsts });
      equal(
        'the order of the first request of each step',
        firsts,
        firsts.toSorted((a, b) => a - b),
      );
    },
  ),

  ofLife(
    'WK-START-002',
    'the stake splits a coin off the gas coin and passes pool and coin as objects',
    ['stake-without-coin'],
    ({ stakeTx, fake }) => {
      const { commands, inputs } = stakeTx.transaction;
      const splits = commands.flatMap((command) => ('SplitCoins' in command ? [command.SplitCoins!] : []));
      const calls = commands.flatMap((command) => ('MoveCall' in command ? [command.MoveCall!] : []));
      const stakes = calls.filter((call) => call.function === 'stake_for_node');
      equal(
        'what is split',
        splits.map(({ coin }) => kindOf(coin)),
        ['GasCoin'],
      );
      equal('the number of stakes', stakes.length, 1);
      const [pool, coin] = stakes[0]?.arguments ?? [];
      ok('the coin is one of this transaction', ['NestedResult', 'Result'].includes(kindOf(coin)), {
        got: coin,
      });
      const input = inputs[Number(at(pool, 'Input'))];
      ok('the pool is an object', JSON.stringify(input).includes(fake.cluster.ids.pool), { got: input });
    },
  ),

  ofLife(
    'WK-START-003',
    'a start with an active stake uses it and stakes nothing',
    ['stakes-again'],
    ({ stakedAtLast, token, fake }) => {
      equal('all that is staked', stakedAtLast, String(STAKE_MIST));
      equal('the stake behind its token', String(token.stake_amount), String(STAKE_MIST));
      equal('the number of heartbeats without its node', strangers(fake.of('heartbeat'), token.node_id), 0);
    },
  ),

  ofLife(
    'WK-START-004',
    'a live seal token of an earlier start is used, or replaced',
    ['token-made-anew', 'token-by-id'],
    async ({ fake, token, worker, requests }, t) => {
      const [sent] = atLeast(requests, 'register-worker', 1);
      const { objects } = await t.chain.client.core.getObjects({
        objectIds: [String(sent?.json['seal_token'])],
      });
      ok('its token is on chain', !(objects[0] instanceof Error), { got: objects });
      equal('whether it is revoked', token.revoked, false);
      equal('its owner', token.owner, worker.address);
      ok('a second start found it', fake.of('attestation').length >= 2);
    },
  ),

  ofLife('WK-START-010', 'gas budgets come from an estimate', ['gas-fixed'], ({ stakeTx, tokenTx }) => {
    for (const tx of [stakeTx, tokenTx]) {
      const { computationCost, storageCost } = tx.effects.gasUsed;
      const used = Number(computationCost) + Number(storageCost);
      const budget = Number(tx.transaction.gasData.budget);
      ok('the budget is at most ten times the use', budget <= 10 * used, { wanted: 10 * used, got: budget });
    }
  }),

  ofLife(
    'WK-START-011',
    'an interrupted start is taken up without a second stake',
    ['stakes-again'],
    ({ stakedAtFirst, stakedAtLast, requests, worker }) => {
      equal('what the interrupted start staked', stakedAtFirst, String(STAKE_MIST));
      equal('what was staked in the end', stakedAtLast, stakedAtFirst);
      const [sent] = atLeast(requests, 'register-worker', 1);
      equal('the node_id that it registered', sent?.json['node_id'], worker.nodeId);
    },
  ),

  ofLife(
    'WK-CFG-001/cwd',
    'staker-config.json in the working directory is read',
    [],
    ({ requests, worker }) => {
      const [sent] = atLeast(requests, 'register-worker', 1);
      equal('the node_id that it registered', sent?.json['node_id'], worker.nodeId);
    },
  ),

  ofLife(
    'WK-CFG-002',
    'each field of the protocol is read under its name',
    ['stake-amount-ignored'],
    async ({ requests, worker, token, fake, stakedAtFirst }) => {
      const [sent] = atLeast(requests, 'register-worker', 1);
      // What it did shows what it read: stake_amount, node_id, address and key, chain, contract, and the master's URL.
      equal('stake_amount', stakedAtFirst, String(STAKE_MIST));
      equal('node_id', sent?.json['node_id'], worker.nodeId);
      equal('the wallet behind its token', token.owner, worker.address);
      const { cluster } = fake.cluster.ids;
      const wanted = { address: worker.address, cluster, token: String(sent?.json['seal_token']) };
      await provenClaims(sent!, wanted);
    },
  ),

  ofLife(
    'WK-CFG-009',
    'the key may lie in a key file that the configuration names',
    ['keystore-refused'],
    async ({ requests, worker, fake }) => {
      const [sent] = atLeast(requests, 'register-worker', 1);
      await provenClaims(sent!, { address: worker.address, cluster: fake.cluster.ids.cluster });
    },
  ),
];

const strangers = (requests: readonly FakeRequest[], nodeId: string): number =>
  requests.filter(({ json }) => json['node_id'] !== nodeId).length;

/** Which of its kinds a part of a transaction is. */
function kindOf(part: object | undefined): string {
  return Object.keys(part ?? {}).find((key) => key !== '$kind' && key !== 'type') ?? '';
}
