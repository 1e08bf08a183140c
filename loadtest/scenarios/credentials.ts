import { crowd } from '../crowd.ts';
import { playBuiltin } from '../engine/builtin.ts';
import type { LoadWallet, Traffic } from '../engine/traffic.ts';
import type { Stage } from '../stage.ts';
import { resultOf, type Scenario } from './scenario.ts';

/** The least that a request with a credential asks of the gateway beside the check itself. */
const READ = '/api/v1/namespaces/default/pods?limit=1';

function checks(
  name: string,
  wallets: readonly LoadWallet[],
  rate: number,
  seconds: number,
  figure?: string,
): Traffic {
  return {
    name,
    title: 'a list of one pod at the gateway, credential check included',
    server: 'gateway',
    rate,
    seconds,
    connections: 32,
    arrivals: wallets.map((_, session) => [{ method: 'GET', path: READ, session }]),
    expect: [{ status: 200 }],
    ...(figure && { figure }),
  };
}

/** Opens connections and compiles what is compiled once, with a wallet of its own. */
async function warm(stage: Stage): Promise<void> {
  const [wallet] = await crowd(stage.session, 'user', 1);
  const plan = stage.plan([checks('warming', [wallet!], 50, 1)], [wallet!]);
  await playBuiltin(plan, { signal: stage.signal });
}

export const credentialCold: Scenario = {
  name: 'credential-cold',
  title: 'Credentials of tokens that the gateway has never seen',
  engines: ['k6', 'builtin'],
  run: async (stage, scale, play) => {
    const rate = scale.rate(20, 20);
    const seconds = scale.seconds(2, 15);
    const users = await crowd(stage.session, 'user', Math.round(rate * seconds));
    await warm(stage);
    const traffics = await play(
      stage.plan([checks('cold', users, rate, seconds, 'credential_cold_p99')], users),
    );
    return {
      traffics,
      measures: [
        {
          metric: 'credential_cold_p99',
          value: resultOf(traffics, 'cold').p99_ms,
          note: 'the whole request, so no less than the check itself',
        },
      ],
    };
  },
};

export const credentialCached: Scenario = {
  name: 'credential-cached',
  title: 'Credentials of tokens that the gateway knows',
  engines: ['k6', 'builtin'],
  run: async (stage, scale, play) => {
    const users = await crowd(stage.session, 'user', 4);
    await warm(stage);
    const traffic = checks('cached', users, scale.rate(150, 300), scale.seconds(2, 15));
    const traffics = await play(stage.plan([traffic], users));
    const { p50_ms, p99_ms } = resultOf(traffics, 'cached');
    return {
      traffics,
      measures: [],
      notes: [
        `a whole request took ${p50_ms} ms at the median and ${p99_ms} ms at p99; the check within it cannot be told apart from outside`,
      ],
    };
  },
};
