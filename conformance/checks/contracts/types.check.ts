import type { Signer } from '@mysten/sui/cryptography';
import type { Transaction, TransactionObjectArgument } from '@mysten/sui/transactions';
import { check, defineChecks } from '../../runner/check.ts';
import { eachRow } from '../../runner/rows.ts';
import { done, stoppedByChain } from './outcomes.ts';
import { command, gatewayWallet, staker } from './stage.ts';

/** A value in an object's place; the builder's type says object, which is what these checks are about. */
type Argument = TransactionObjectArgument;

/** An object’s id as a plain value. */
const id = (tx: Transaction, object: string): Argument => tx.pure.id(object) as unknown as Argument;

export default defineChecks([
  check(
    'CT-STK-011',
    'a number in the coin’s place is refused by the chain',
    { mutants: ['stake-by-number'] },
    async (t) => {
      const { calls } = t.chain;
      const wallet = await t.actors.wallet(30_000_000_000n);
      const pool = (tx: Transaction): Argument => tx.object(t.world.chain.ids.pool);
      const amount = 20_000_000_000n;
      const rows: [string, (tx: Transaction) => void][] = [
        [
          'stake_for_node',
          (tx) =>
            void calls.call(tx, 'staking', 'stake_for_node', [
              pool(tx),
              tx.pure.u64(amount),
              tx.pure.string(t.name('n')),
            ]),
        ],
        ...(['stake_for_user', 'stake_for_admin'] as const).map(
          (name): [string, (tx: Transaction) => void] => [
            name,
            (tx) => void calls.call(tx, 'staking', name, [pool(tx), tx.pure.u64(amount)]),
          ],
        ),
      ];
      await eachRow(rows, async (build) =>
        stoppedByChain('the call with a number', await t.chain.attempt(wallet, build)),
      );
      const paid = await t.chain.attempt(wallet, (tx) => calls.stake(tx, 'user', 500_000_000n));
      done('the same wallet’s stake with a coin', paid);
    },
  ),

  check(
    'CT-STK-013',
    'an id in an object’s place is refused by the chain',
    { mutants: ['token-by-record-id'] },
    async (t) => {
      const { calls } = t.chain;
      const { pool, registry } = t.world.chain.ids;
      const node = await t.actors.fresh('node');
      const untokened = await staker(t, 'user');
      const gateway = await gatewayWallet(t);
      const wallet = await t.actors.wallet();
      const request = command(node);
      const rows: [string, [Signer, (tx: Transaction) => void]][] = [
        [
          'the pool of a stake',
          [
            wallet,
            (tx: Transaction) => {
              const [coin] = tx.splitCoins(tx.gas, [500_000_000n]);
              calls.call(tx, 'staking', 'stake_for_user', [id(tx, pool), coin!]);
            },
          ],
        ],
        [
          'the record of a withdrawal',
          [node.signer, (tx: Transaction) => calls.withdraw(tx, id(tx, node.record), node.address)],
        ],
        [
          'the record of a token',
          [untokened.signer, (tx: Transaction) => calls.createToken(tx, 'user', id(tx, untokened.record))],
        ],
        [
          'the registry of a token',
          [
            untokened.signer,
            (tx) =>
              void calls.call(tx, 'k8s_gateway', 'create_user_seal_token', [
                tx.object(untokened.record),
                tx.pure.id(registry),
                tx.object.clock(),
              ]),
          ],
        ],
        [
          'the registry of a request',
          [
            gateway.signer,
            (tx) =>
              void calls.call(tx, 'k8s_gateway', 'execute_kubectl_command', [
                tx.object(gateway.cap),
                tx.pure.id(registry),
                tx.object(node.token),
                tx.object(node.record),
                ...['requestId', 'method', 'path', 'namespace', 'resourceType'].map((field) =>
                  tx.pure.string(String(request[field as keyof typeof request])),
                ),
                tx.pure.vector('u8', [...request.payloadDigest]),
                tx.object.clock(),
              ]),
          ],
        ],
      ];
      await eachRow(rows, async ([signer, build]) =>
        stoppedByChain('the call with an id', await t.chain.attempt(signer, build)),
      );
      const made = await t.chain.attempt(untokened.signer, (tx) =>
        calls.createToken(tx, 'user', untokened.record),
      );
      done('the token with objects', made);
      const executed = await t.chain.attempt(gateway.signer, (tx) =>
        calls.executeCommand(tx, gateway.cap, request),
      );
      done('the request with objects', executed);
    },
  ),
]);
