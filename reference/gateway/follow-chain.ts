import { ChainError } from '../chain/errors.ts';
import { abortableSleep } from '../chain/event-stream.ts';
import type { TokenCache } from '../chain/token-cache.ts';
import type { ChainEvent, ChainReader, EventSource } from '../chain/types.ts';
import type { Logger } from '../protocol/logger.ts';

export interface FollowDeps {
  reader: ChainReader;
  events: EventSource;
  cache: TokenCache;
  log: Logger;
  observe: (event: ChainEvent) => void;
  /** Told each time that events are followed from a place chosen anew. */
  onFollowing: () => void;
}

/**
 * Follows the chain from its present end. What the gateway remembers is no older than that: the cache
 * is emptied whenever the place in the stream is chosen anew.
 */
export async function followChain(deps: FollowDeps, signal: AbortSignal): Promise<void> {
  const { reader, events, cache, log } = deps;
  for (let failures = 0; !signal.aborted;) {
    try {
      const { checkpoint } = await reader.status({ signal });
      cache.clear();
      deps.onFollowing();
      for await (const batch of events.follow({ from: checkpoint + 1n, signal })) {
        failures = 0;
        for (const event of batch.events) deps.observe(event);
      }
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      const unreachable = error instanceof ChainError && error.kind === 'unavailable';
      log[unreachable ? 'warn' : 'error']({ err: error }, 'the chain cannot be followed');
      await abortableSleep(Math.min(2_000, 100 * 2 ** failures), signal);
    }
  }
}
