import type { Logger } from '../protocol/logger.ts';
import { Backoff } from './backoff.ts';
import type { HeartbeatOutcome } from './steps/heartbeat.ts';

export interface HeartbeatLoopDeps {
  /** Sends one heartbeat with a fresh credential. */
  send: (signal: AbortSignal) => Promise<HeartbeatOutcome>;
  /** Gets the worker registered again. Rejects when that failed for good. */
  rejoin: (signal: AbortSignal) => Promise<void>;
  restartAgent: (signal: AbortSignal) => Promise<void>;
  /** Whether the agent could not be started when it was last tried. */
  agentIsDown: () => boolean;
  /** Asks the chain; rejects with WorkerExit when the stake is gone. */
  confirmStake: (signal: AbortSignal) => Promise<void>;
  intervalMs: number;
  /** The pauses that are made of those between heartbeats, and of those after a failure, milliseconds. */
  interval?: (ms: number) => number;
  pause?: (ms: number) => number;
  /** Unix milliseconds; for pauses that something else takes a part of. */
  nowMs?: () => number;
  /** Failures in a row after which the agent is restarted. */
  failuresBeforeRestart: number;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  random: () => number;
  log: Logger;
}

/**
 * Heartbeats until `signal` aborts. After a failure the next one comes with backoff instead of the
 * interval; after so many failures in a row the agent is restarted and the count begins anew.
 */
export async function heartbeatLoop(deps: HeartbeatLoopDeps, signal: AbortSignal): Promise<void> {
  const { sleep, random, log, pause = (ms: number) => ms, nowMs = Date.now } = deps;
  const intervalMs = deps.interval?.(deps.intervalMs) ?? deps.intervalMs;
  const backoff = new Backoff({ baseMs: intervalMs / 4, maxMs: 4 * intervalMs, random });
  let inARow = 0;
  while (!signal.aborted) {
    const outcome = await deps.send(signal);
    if (outcome.kind === 'acknowledged') {
      log.debug({ step: 'heartbeat' }, 'heartbeat acknowledged');
      backoff.reset();
      inARow = 0;
      // What kept the agent from starting was the same line that heartbeats go by.
      if (deps.agentIsDown()) await deps.restartAgent(signal);
      await sleep(intervalMs, signal);
      continue;
    }
    if (outcome.kind === 'stake-doubted') await deps.confirmStake(signal);
    if (outcome.kind === 'rejoin') {
      log.warn({ step: 'heartbeat', reason: outcome.reason }, 'the master asks for a new registration');
      await deps.rejoin(signal);
      await sleep(pause(backoff.next()), signal);
      continue;
    }
    inARow += 1;
    const why = outcome.kind === 'failed' ? outcome.why : outcome.kind;
    const wait = pause(backoff.next(outcome.kind === 'failed' ? outcome.retryAfter : undefined));
    const until = nowMs() + wait;
    log.warn({ step: 'heartbeat', why, in_a_row: inARow, retry_in_ms: Math.round(wait) }, 'heartbeat failed');
    if (inARow >= deps.failuresBeforeRestart) {
      inARow = 0;
      log.warn({ step: 'agent' }, 'restarting the agent after failed heartbeats');
      await deps.restartAgent(signal);
    }
    // A restart of the agent is no reason to be later than that.
    await sleep(Math.max(0, until - nowMs()), signal);
  }
}
