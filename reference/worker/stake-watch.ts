import type { EventSource } from '../chain/types.ts';
import { stakeLost } from './worker-exit.ts';

/**
 * Follows the chain from checkpoint `from` until the stake record is slashed or withdrawn, and
 * rejects with WorkerExit then. Resolves when `signal` aborts.
 */
export async function watchStake(
  events: EventSource,
  stakeRecord: string,
  from: bigint,
  signal: AbortSignal,
): Promise<void> {
  for await (const batch of events.follow({ from, signal })) {
    for (const { name, data } of batch.events) {
      if (data['record'] !== stakeRecord) continue;
      if (name === 'SlashEvent') throw stakeLost('slashed');
      if (name === 'UnstakeEvent') throw stakeLost('withdrawn');
    }
  }
}
