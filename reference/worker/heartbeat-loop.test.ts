import { describe, expect, test } from 'vitest';
import { silentLogger } from '../protocol/logger.ts';
import { heartbeatLoop } from './heartbeat-loop.ts';
import type { HeartbeatOutcome } from './steps/heartbeat.ts';
import { stakeLost } from './worker-exit.ts';

const failed = (retryAfter?: number): HeartbeatOutcome => ({ kind: 'failed', why: '500', retryAfter });
const acknowledged: HeartbeatOutcome = { kind: 'acknowledged' };

/** Runs the loop over a script of outcomes; answers what it did between them. */
async function play(script: HeartbeatOutcome[], confirm?: () => Promise<void>): Promise<string[]> {
  const stop = new AbortController();
  const did: string[] = [];
  const outcomes = [...script];
  await heartbeatLoop(
    {
      send: () => {
        const next = outcomes.shift() ?? acknowledged;
        did.push(next.kind);
        return Promise.resolve(next);
      },
      rejoin: () => Promise.resolve(void did.push('joined')),
      restartAgent: () => Promise.resolve(void did.push('agent restarted')),
      agentIsDown: () => false,
      confirmStake: confirm ?? (() => Promise.resolve(void did.push('chain asked'))),
      intervalMs: 1_000,
      failuresBeforeRestart: 3,
      sleep: (ms) => {
        did.push(String(Math.round(ms)));
        if (outcomes.length === 0) stop.abort();
        return Promise.resolve();
      },
      random: () => 0.999_999,
      log: silentLogger(),
    },
    stop.signal,
  );
  return did;
}

describe('the heartbeat loop', () => {
  test('keeps the interval while all is well', async () => {
    expect(await play([acknowledged, acknowledged])).toEqual([
      'acknowledged',
      '1000',
      'acknowledged',
      '1000',
    ]);
  });

  test('backs off and restarts the agent once after three failures in a row', async () => {
    expect(await play([failed(), failed(), failed(), failed(), acknowledged])).toEqual([
      'failed',
      '250',
      'failed',
      '500',
      'failed',
      'agent restarted',
      '1000',
      'failed',
      '2000',
      'acknowledged',
      '1000',
    ]);
  });

  test('counts anew after a success', async () => {
    const did = await play([failed(), failed(), acknowledged, failed(), failed(), acknowledged]);
    expect(did).not.toContain('agent restarted');
  });

  test('waits as long as the master asks for', async () => {
    expect((await play([failed(7)]))[1]).toMatch(/^7[0-9]{3}$/);
  });

  test('registers again when the master does not know the node', async () => {
    const did = await play([{ kind: 'rejoin', reason: 'UnknownNode' }]);
    expect(did.slice(0, 2)).toEqual(['rejoin', 'joined']);
  });

  test('asks the chain before it believes that the stake is lost', async () => {
    expect(await play([{ kind: 'stake-doubted' }])).toContain('chain asked');
    const lost = play([{ kind: 'stake-doubted' }], () => Promise.reject(stakeLost('slashed')));
    await expect(lost).rejects.toMatchObject({ code: 3 });
  });
});
