import { once } from 'node:events';
import type { TLSSocket } from 'node:tls';
import { abortFor } from '../../../contracts/bindings/index.ts';
import { check, type Check } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, ok } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { selfSigned } from '../../world/certificates.ts';
import { listening, urlOf } from '../../world/fake-listener.ts';
import {
  asActor,
  endOfStart,
  inTurn,
  obey,
  onStage,
  requestsOf,
  setStage,
  startCustomer,
  START_MS,
  targetsOf,
  TIMEOUT_MS,
  withCredential,
  type WorkerEnd,
} from './workers.ts';

const options = (...mutants: string[]) => ({ timeoutMs: TIMEOUT_MS, mutants });
const E_NODE_TAKEN = 3;
const REFUSALS = [
  [401, 'UnknownToken'],
  [403, 'NodeIdMismatch'],
  [409, 'NodeIdTaken'],
] as const;

/** A worker with a new wallet whose node_id another stake has: the chain refuses its stake. */
interface Refused extends WorkerEnd {
  asked: string[];
  /** Types of what its wallet holds afterwards. */
  holds: string[];
  stakedBefore: string;
  stakedAfter: string;
}

const refusedStake = (t: CheckContext): Promise<Refused> =>
  t.shared(`a stake that the chain refuses ${t.attempt}`, async (own) => {
    const { fake, node } = await setStage(own);
    const staked = async (): Promise<string> => {
      const record = await own.chain.object('StakeRecord', node.record);
      return `${record.staker} ${record.status}`;
    };
    const stakedBefore = await staked();
    const { worker, ...end } = await endOfStart(own, { fake }, { nodeId: node.nodeId });
    const { objects } = await own.chain.client.core.listOwnedObjects({ owner: worker.address });
    return {
      ...end,
      asked: targetsOf(fake.requests),
      holds: objects.map(({ type }) => type),
      stakedBefore,
      stakedAfter: await staked(),
    };
  });

/** Starts that somebody refuses, and certificates that nobody has reason to trust. */
export const refusalChecks: readonly Check[] = [
  check(
    'WK-START-005',
    'a nautilus_endpoint other than the chain’s stops the start',
    options('endpoint-of-configuration'),
    (t) =>
      onStage(t, async (stage) => {
        const elsewhere = await stage.fake.elsewhere();
        const from = stage.fake.requests.length;
        const { words } = await endOfStart(t, stage, { config: { nautilus_endpoint: elsewhere } });
        const seen = stage.fake.requests.slice(from);
        equal('what was asked with a credential', targetsOf(withCredential(seen)), []);
        ok('it says why', /endpoint/i.test(words), { got: words.slice(-500) });
      }),
  ),

  check(
    'WK-START-008',
    'a refusal by the chain ends the start with its reason',
    options('abort-unnamed'),
    async (t) => {
      const { words } = await refusedStake(t);
      const reason = abortFor('staking', E_NODE_TAKEN)?.reason ?? 'a reason';
      ok('it names the reason of the abort table', words.includes(reason), {
        wanted: reason,
        got: words.slice(-500),
      });
    },
  ),

  check(
    'WK-START-009',
    'a stake whose transaction failed is not taken for one that succeeded',
    options('failed-stake-taken'),
    async (t) => {
      const { asked, holds, stakedBefore, stakedAfter } = await refusedStake(t);
      equal('what the master was asked', asked, []);
      equal(
        'what is in its wallet, coins aside',
        holds.filter((type) => !type.includes('::coin::Coin<')),
        [],
      );
      equal('the stake of the node', stakedAfter, stakedBefore);
    },
  ),

  check(
    'WK-START-012',
    'a registration refused with 401, 403 or 409 ends the worker',
    options('refusals-repeated'),
    (t) =>
      onStage(t, async (stage) => {
        const { fake } = stage;
        await eachRow(
          REFUSALS.map((row) => [String(row[0]), row] as const),
          async ([status, reason]) => {
            const from = fake.requests.length;
            obey(t, fake, { on: 'register-worker', times: 'always', do: { answer: { status, reason } } });
            await endOfStart(t, stage);
            const seen = fake.requests.slice(from);
            const tries = seen.filter(({ route }) => route === 'register-worker').length;
            ok('it does not hammer the master', tries >= 1 && tries <= 3, { wanted: '1 to 3', got: tries });
            equal('what its agent sent', targetsOf(seen.filter(({ route }) => route === 'kubernetes')), []);
          },
        );
      }),
  ),

  check(
    'WK-CFG-001/path',
    'the file that STAKER_CONFIG_PATH names is read',
    options('config-path-ignored'),
    async (t) => {
      const stage = await setStage(t);
      await startCustomer(t, stage, { configIn: 'path' });
      const [sent] = await requestsOf(stage.fake, 'register-worker', 1);
      equal('the node_id that it registered', sent?.json['node_id'], stage.node.nodeId);
    },
  ),

  check(
    'WK-AGENT-004/master',
    'a master whose certificate is of another CA gets no credential',
    options('worker-tls-unverified'),
    (t) =>
      onStage(t, async (stage) => {
        const from = stage.fake.requests.length;
        await endOfStart(t, stage, { values: { 'master.ca': stage.fake.values['attestation.root'] ?? '' } });
        equal('what the master was asked', targetsOf(stage.fake.requests.slice(from)), []);
      }),
  ),

  check(
    'WK-AGENT-004/chain',
    'a node of the chain whose certificate nobody vouches for is asked nothing',
    options('chain-tls-unverified'),
    (t) =>
      onStage(t, async (stage) => {
        const server = await listening(await selfSigned());
        t.defer(() => void server.close());
        const asked: string[] = [];
        server.on('request', (request, response) => {
          asked.push(request.url ?? '');
          response.writeHead(503).end();
        });
        const refused = once(server, 'tlsClientError', { signal: AbortSignal.timeout(START_MS) });
        const asking = once(server, 'request').then(() => undefined);
        const worker = await inTurn(() =>
          t.control.startWorker({
            ...asActor(stage.node),
            values: { ...stage.fake.values, 'chain.url': urlOf(server) },
          }),
        );
        t.defer(() => t.control.kill({ part: worker.id }));
        const [, socket] = ((await Promise.race([refused, asking])) ?? []) as [unknown, TLSSocket?];
        ok('it breaks off the handshake', socket !== undefined, { got: asked });
        equal('what the node was asked', asked, []);
      }),
  ),
];
