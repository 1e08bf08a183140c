import { abortableSleep } from '../chain/event-stream.ts';
import type { ChainReader } from '../chain/types.ts';
import type { MasterClient } from './master-client.ts';

export interface ReachabilityDeps {
  reader: Pick<ChainReader, 'status'>;
  master: Pick<MasterClient, 'open'>;
  /** Milliseconds between two looks. Default 1000. */
  everyMs?: number;
  sleep?: typeof abortableSleep;
}

/** Looks again and again whether chain and master answer, for /readyz. */
export class Reachability {
  readonly #deps: ReachabilityDeps;
  chain = false;
  master = false;

  constructor(deps: ReachabilityDeps) {
    this.#deps = deps;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { everyMs = 1_000, sleep = abortableSleep } = this.#deps;
    while (!signal.aborted) {
      [this.chain, this.master] = await Promise.all([this.#chain(signal), this.#master(signal)]);
      await sleep(everyMs, signal);
    }
  }

  async #chain(signal: AbortSignal): Promise<boolean> {
    try {
      await this.#deps.reader.status({ signal, deadlineMs: 1_000 });
      return true;
    } catch {
      return false;
    }
  }

  async #master(signal: AbortSignal): Promise<boolean> {
    try {
      const answer = await this.#deps.master.open({
        method: 'GET',
        target: '/health',
        signal: AbortSignal.any([signal, AbortSignal.timeout(1_000)]),
      });
      answer.body.resume();
      return answer.status === 200;
    } catch {
      return false;
    }
  }
}
