import type { ChainCommands, ChainReader, StakeRecord } from '../../chain/types.ts';
import type { Logger } from '../../protocol/logger.ts';
import type { WorkerConfig } from '../config.ts';
import { EXIT, stakeLost, WorkerExit } from '../worker-exit.ts';

export interface StakeDeps {
  config: Pick<WorkerConfig, 'sui_wallet_address' | 'node_id' | 'stake_amount'>;
  reader: Pick<ChainReader, 'stakeRecord' | 'stakeRecordOf'>;
  commands: Pick<ChainCommands, 'stakeForNode'>;
  /** Whether a stake that is not active ends the worker. */
  obeysSlashing: boolean;
  log: Logger;
}

/**
 * The wallet's stake record for this node: the one it has, or a new one. Rejects with WorkerExit for
 * a slashed stake and for a stake that serves another purpose.
 */
export async function ensureStake(deps: StakeDeps, signal: AbortSignal): Promise<StakeRecord> {
  const { config, reader, commands, log } = deps;
  const known = await reader.stakeRecordOf(config.sui_wallet_address, { signal });
  if (known !== undefined) {
    const record = await reader.stakeRecord(known, { signal });
    if (record.status === 'slashed' && deps.obeysSlashing) throw stakeLost('slashed');
    if (record.status !== 'withdrawn') {
      requireOwn(record, config.node_id);
      log.info(
        { step: 'stake', stake_record: known, amount: String(record.amount), new: false },
        'stake is there',
      );
      return record;
    }
  }
  const staked = await commands.stakeForNode(
    { amount: config.stake_amount, nodeId: config.node_id },
    { signal },
  );
  log.info(
    {
      step: 'stake',
      stake_record: staked.stakeRecord,
      tx: staked.digest,
      gas_used: String(staked.gasUsed),
      new: true,
    },
    'staked',
  );
  return await reader.stakeRecord(staked.stakeRecord, { signal });
}

function requireOwn(record: StakeRecord, nodeId: string): void {
  if (record.stakeType === 'node' && record.nodeId === nodeId) return;
  const what = record.stakeType === 'node' ? `node ${record.nodeId}` : `a ${record.stakeType}`;
  throw new WorkerExit(EXIT.failed, `stake: the wallet's stake ${record.id} is for ${what}`);
}
