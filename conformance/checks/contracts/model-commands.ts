import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import type { Attempt } from '../../drivers/chain/attempt.ts';
import { STAKES, type StakeKind } from '../../drivers/chain/package.ts';
import type { CheckContext } from '../../runner/context.ts';
import { CheckFailure } from '../../runner/outcome.ts';
import { randomLabel, type Actor } from '../../world/actors.ts';
import type { Bench } from './bench.ts';
import type { Model, ModelRecord, ModelToken, Refusal } from './model.ts';
import { onlyCreated, type Done } from './outcomes.ts';
import { advanceEpochs, atExpiry, command, executeAs, freshRequestId } from './stage.ts';

/** The contracts on the chain, as commands reach them. */
export interface Real {
  t: CheckContext;
  wallets: readonly Actor['signer'][];
  bench: Bench;
  slashCap: string;
  /** Where withdrawn and swept coins go. */
  purse: string;
  /** Compares chain and model; called after each step. */
  invariants: (model: Model) => Promise<void>;
}

/** One step: what the model expects, what is sent, and what the model learns when it passed. */
interface Plan {
  refusal: Refusal;
  send: () => Promise<Attempt>;
  passed: (attempt: Done) => void;
}

class Step implements fc.AsyncCommand<Model, Real> {
  readonly #name: string;
  readonly #plan: (model: Model, real: Real) => Plan | undefined;
  readonly #applies: (model: Model) => boolean;

  constructor(
    name: string,
    applies: (model: Model) => boolean,
    plan: (model: Model, real: Real) => Plan | undefined,
  ) {
    this.#name = name;
    this.#applies = applies;
    this.#plan = plan;
  }

  check(model: Readonly<Model>): boolean {
    return this.#applies(model);
  }

  async run(model: Model, real: Real): Promise<void> {
    const plan = this.#plan(model, real);
    if (plan === undefined) return;
    const attempt = await plan.send();
    const got = attempt.kind === 'aborted' ? `${attempt.module}::${attempt.code}` : attempt.kind;
    const wanted: readonly string[] = plan.refusal.length > 0 ? plan.refusal : ['done'];
    if (!wanted.includes(got))
      throw new CheckFailure(`${this.#name} ended otherwise than the model`, { wanted, got: attempt });
    if (attempt.kind === 'done') plan.passed(attempt);
    await real.invariants(model);
  }

  toString(): string {
    return this.#name;
  }
}

/** A step on the latest stake of a wallet. */
function onRecord(
  name: string,
  of: number,
  plan: (record: ModelRecord, model: Model, real: Real) => Plan,
): Step {
  return new Step(
    name,
    (model) => model.recordOf(of) !== undefined,
    (model, real) => {
      const record = model.recordOf(of);
      return record && plan(record, model, real);
    },
  );
}

/** A step on the latest token of a wallet. */
function onToken(
  name: string,
  of: number,
  plan: (token: ModelToken, model: Model, real: Real) => Plan,
): Step {
  return new Step(
    name,
    (model) => model.tokenOf(of) !== undefined,
    (model, real) => {
      const token = model.tokenOf(of);
      return token && plan(token, model, real);
    },
  );
}

const actorOf = (token: ModelToken, { wallets }: Real): Actor => {
  const signer = wallets[token.wallet]!;
  const { kind, id: record } = token.record;
  return { kind, signer, address: signer.toSuiAddress(), record, token: token.id, nodeId: '' };
};

function stake(wallet: number, kind: StakeKind, over: bigint): Step {
  const mist = STAKES[kind].minimum + over;
  return new Step(
    `stake(${wallet}, ${kind}, ${mist})`,
    () => true,
    (model, { t, wallets }) => ({
      refusal: model.stakeRefusal(wallet, kind, mist),
      send: () =>
        t.chain.attempt(wallets[wallet]!, (tx) =>
          t.chain.calls.stake(tx, kind, mist, kind === 'node' ? `m-${randomLabel()}` : ''),
        ),
      passed: (attempt) => {
        const { id } = onlyCreated(attempt, 'staking::StakeRecord');
        const lockedUntil = model.epoch + STAKES[kind].lockEpochs;
        model.records.push({ id, wallet, kind, amount: mist, lockedUntil, status: 'active' });
      },
    }),
  );
}

const withdraw = (of: number, by: number): Step =>
  onRecord(`withdraw(${of}, by ${by})`, of, (record, model, { t, wallets, purse }) => ({
    refusal: model.withdrawRefusal(by, record),
    send: () => t.chain.attempt(wallets[by]!, (tx) => t.chain.calls.withdraw(tx, record.id, purse)),
    passed: () => model.close(record),
  }));

const slash = (of: number): Step =>
  onRecord(`slash(${of})`, of, (record, model, { t, slashCap }) => ({
    refusal: model.slashRefusal(record),
    send: () => t.chain.operate((tx) => t.chain.calls.slash(tx, slashCap, record.id, 'model')),
    passed: () => model.slash(record),
  }));

const release = (of: number): Step =>
  onRecord(`release(${of})`, of, (record, model, { t, slashCap }) => ({
    refusal: model.releaseRefusal(record),
    send: () => t.chain.operate((tx) => t.chain.calls.release(tx, slashCap, record.id)),
    passed: () => model.close(record),
  }));

const sweep = (): Step =>
  new Step(
    'sweep()',
    () => true,
    (model, { t, slashCap, purse }) => ({
      refusal: [],
      send: () => t.chain.operate((tx) => t.chain.calls.sweep(tx, slashCap, purse)),
      passed: () => {
        model.slashed = 0n;
        model.swept = true;
      },
    }),
  );

/** No transaction: time goes by. */
class Advance implements fc.AsyncCommand<Model, Real> {
  readonly #epochs: number;
  constructor(epochs: number) {
    this.#epochs = epochs;
  }
  check(): boolean {
    return true;
  }
  async run(model: Model, { t, invariants }: Real): Promise<void> {
    await advanceEpochs(t, this.#epochs);
    model.epoch += this.#epochs;
    await invariants(model);
  }
  toString(): string {
    return `advance(${this.#epochs})`;
  }
}

/** A token of the stake's own kind, or of the one asked for. */
const create = (of: number, by: number, asked: StakeKind | 'own'): Step =>
  onRecord(`createToken(${of}, by ${by}, ${asked})`, of, (held, model, { t, wallets }) => {
    const kind = asked === 'own' ? held.kind : asked;
    return {
      refusal: model.createRefusal(by, kind, held),
      send: () => t.chain.attempt(wallets[by]!, (tx) => t.chain.calls.createToken(tx, kind, held.id)),
      passed: (attempt) => {
        const { id } = onlyCreated(attempt, 'k8s_gateway::SealToken');
        model.tokens.push({ id, wallet: of, record: held, revoked: false, expired: false });
      },
    };
  });

const revoke = (of: number, by: number): Step =>
  onToken(`revoke(${of}, by ${by})`, of, (token, model, { t, wallets }) => ({
    refusal: model.revokeRefusal(by, token),
    send: () => t.chain.attempt(wallets[by]!, (tx) => t.chain.calls.revokeToken(tx, token.id)),
    passed: () => {
      token.revoked = true;
    },
  }));

const shorten = (of: number): Step =>
  onToken(`shorten(${of}, to now)`, of, (token, model, real) => ({
    refusal: model.expireRefusal(token),
    send: () => atExpiry(real.t, actorOf(token, real)),
    passed: () => {
      token.expired = true;
    },
  }));

const execute = (of: number, write: boolean, resource: string, again: boolean): Step =>
  onToken(
    `execute(${of}, ${write ? 'DELETE' : 'GET'} ${resource}${again ? ', a used id' : ''})`,
    of,
    (token, model, real) => {
      const requestId = (again ? [...model.requests.keys()].at(-1) : undefined) ?? freshRequestId();
      const method = write ? 'DELETE' : 'GET';
      const request = command(actorOf(token, real), { requestId, method, resourceType: resource });
      return {
        refusal: model.executeRefusal(token, write, resource, requestId),
        send: () => executeAs(real.t, real.bench.gateway, request),
        passed: () => void model.requests.set(requestId, false),
      };
    },
  );

/** A result for the `back`-th last request, or for none that was ever made. */
const record = (back: number): Step =>
  new Step(
    `record(${back})`,
    () => true,
    (model, { t, bench }) => {
      const requestId = [...model.requests.keys()].at(-1 - back) ?? freshRequestId();
      const { master, masterCap, id } = bench.endpoint;
      return {
        refusal: model.recordRefusal(requestId),
        send: () =>
          t.chain.attempt(master, (tx) =>
            t.chain.calls.recordResponse(tx, masterCap, requestId, 200, randomBytes(32), id),
          ),
        passed: () => void model.requests.set(requestId, true),
      };
    },
  );

/** A history: first every wallet stakes and gets a token, then so many steps, most of them such as can pass. */
export function history(
  wallets: number,
  length: number,
): fc.Arbitrary<readonly fc.AsyncCommand<Model, Real>[]> {
  const wallet = fc.nat({ max: wallets - 1 });
  const kind = fc.constantFrom<StakeKind>('user', 'node', 'admin');
  const rarely = fc.nat({ max: 4 }).map((chance) => chance === 0);
  // Mostly a wallet acts on what is its own.
  const pair = fc
    .tuple(wallet, wallet, rarely)
    .map(([of, by, other]): [number, number] => [of, other ? by : of]);
  const own = fc.constant('own' as const);
  const odd = fc.bigInt({ min: 0n, max: 999n });
  const resource = fc.constantFrom('pods', 'pods', 'services', 'nodes', 'podsecrets');
  const weighted: [number, fc.Arbitrary<fc.AsyncCommand<Model, Real>>][] = [
    [2, fc.tuple(wallet, kind, odd).map((args) => stake(...args))],
    [1, fc.tuple(wallet, kind).map((args) => stake(...args, -1n))],
    [3, pair.map((args) => withdraw(...args))],
    [2, wallet.map(slash)],
    [3, wallet.map(release)],
    [1, fc.constant(0).map(sweep)],
    [3, fc.constantFrom(1, 10, 50, 100).map((epochs) => new Advance(epochs))],
    [2, fc.tuple(pair, own).map(([of, asked]) => create(...of, asked))],
    [1, fc.tuple(pair, kind).map(([of, asked]) => create(...of, asked))],
    [1, pair.map((args) => revoke(...args))],
    [1, wallet.map(shorten)],
    [5, fc.tuple(wallet, fc.boolean(), resource, rarely).map((args) => execute(...args))],
    [2, fc.nat({ max: 2 }).map(record)],
  ];
  const steps = fc.array(fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary }))), {
    minLength: length,
    maxLength: length,
  });
  const stakes = fc.tuple(
    ...Array.from({ length: wallets }, (_, index) => fc.tuple(fc.constant(index), kind, odd)),
  );
  return fc
    .tuple(stakes, steps)
    .map(([first, rest]) => [
      ...first.map((args) => stake(...args)),
      ...first.map(([index]) => create(index, index, 'own')),
      ...rest,
    ]);
}
