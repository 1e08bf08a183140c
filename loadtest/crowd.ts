import { randomBytes } from 'node:crypto';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { createdOf } from '../conformance/drivers/chain/transactions.ts';
import { STAKES, type StakeKind } from '../conformance/drivers/chain/package.ts';
import { HarnessError } from '../conformance/errors.ts';
import { NativeSigner } from '../conformance/drivers/native-signer.ts';
import type { Session } from '../conformance/runner/context.ts';
import { randomLabel } from '../conformance/world/actors.ts';
import type { LoadWallet } from './engine/traffic.ts';

/** One of many wallets with a stake and a token. */
export interface Member extends LoadWallet {
  signer: NativeSigner;
  /** Empty unless the stake is a node's. */
  nodeId: string;
}

const FUNDED_AT_ONCE = 200;
const AT_ONCE = 8;
/** For the gas of two transactions, amply. */
const GAS_MIST = 1_000_000_000n;

/** Makes many actors of one kind: coins for hundreds in one transaction, then two transactions each, several at a time. */
export async function crowd(
  session: Session,
  kind: StakeKind,
  count: number,
  options: { signal?: AbortSignal; progress?: (made: number) => void } = {},
): Promise<Member[]> {
  const { chain, actors, world } = session;
  const each = STAKES[kind].minimum + GAS_MIST;
  const seeds = Array.from({ length: count }, () => randomBytes(32));
  const keys = seeds.map((seed) => Ed25519Keypair.fromSecretKey(seed));
  for (let from = 0; from < count; from += FUNDED_AT_ONCE) {
    const some = keys.slice(from, from + FUNDED_AT_ONCE);
    const purse = await actors.wallet(each * BigInt(some.length) + 10_000_000_000n);
    const funded = await chain.execute(purse, (tx) => {
      for (const key of some) tx.transferObjects([tx.splitCoins(tx.gas, [each])[0]!], key.toSuiAddress());
    });
    if (!funded.ok) throw new HarnessError(`funding ${some.length} wallets failed: ${funded.message}`);
  }
  const members: Member[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      if (options.signal?.aborted) throw new HarnessError('interrupted');
      members[index] = await member(keys[index]!, seeds[index]!);
      options.progress?.(next);
    }
  };
  const member = async (key: Ed25519Keypair, seed: Buffer): Promise<Member> => {
    const nodeId = kind === 'node' ? `l-${randomLabel()}${randomLabel()}` : '';
    const staked = await chain.execute(key, (tx) =>
      chain.calls.stake(tx, kind, STAKES[kind].minimum, nodeId),
    );
    if (!staked.ok) throw new HarnessError(`staking failed: ${staked.message}`);
    const record = createdOf(staked, '::staking::StakeRecord').id;
    const sealed = await chain.execute(key, (tx) => chain.calls.createToken(tx, kind, record));
    if (!sealed.ok) throw new HarnessError(`making a token failed: ${sealed.message}`);
    const signer = new NativeSigner(seed);
    return {
      seed: seed.toString('hex'),
      signer,
      nodeId,
      token: createdOf(sealed, '::k8s_gateway::SealToken').id,
      address: signer.toSuiAddress(),
      audience: world.chain.ids.cluster,
    };
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return members;
}
