import { mintSession } from '../../conformance/drivers/credential.ts';
import { HarnessError } from '../../conformance/errors.ts';
import { randomLabel } from '../../conformance/world/actors.ts';
import { pod } from '../../conformance/world/gateway-api.ts';
import { agentFor, type Server } from '../api/load.ts';
import { fanOut, type FanOut } from '../api/fan-out.ts';
import { crowd, type Member } from '../crowd.ts';
import type { Stage } from '../stage.ts';
import type { Measure, Scenario } from './scenario.ts';

/** One wallet alone would soon be above what a wallet may send. */
const USERS = 8;
const PODS = '/api/v1/namespaces/default/pods';

export const watchFanout: Scenario = {
  name: 'watch-fanout',
  title: 'Watches of users at the gateway, a connection each, all told of each change',
  engines: ['builtin'],
  run: async (stage, scale) => {
    const watchers = scale.size(100, 1100);
    const { gateway } = stage.world.info;
    if (!gateway) throw new HarnessError('the target has no gateway to watch at');
    const [users, [admin]] = await Promise.all([
      crowd(stage.session, 'user', USERS),
      crowd(stage.session, 'admin', 1),
    ]);
    let turn = 0;
    const agent = agentFor({ ca: gateway.ca });
    const server: Server = {
      url: gateway.url,
      agent,
      headers: async () => ({ authorization: `Bearer ${await session(users[(turn += 1) % USERS]!)}` }),
    };
    try {
      const run = randomLabel();
      const result = await fanOut(server, PODS, {
        watchers,
        changes: scale.size(3, 10),
        change: async (index) => {
          const name = `fan-out-${index}-${run}`;
          const answer = await stage.session.gateway!.send('POST', PODS, {
            headers: { authorization: `Bearer ${await session(admin!)}` },
            body: pod(name),
          });
          if (answer.status !== 201)
            throw new HarnessError(`a pod to tell of was not made: ${answer.status} ${answer.text}`);
          return name;
        },
      });
      return { traffics: [], ...servedBy(result, stage) };
    } finally {
      await agent.destroy();
    }
  },
};

async function session({ signer, token, audience }: Member): Promise<string> {
  return mintSession(signer, { token, audience, lifetime: 290 });
}

function servedBy(result: FanOut, stage: Stage): { measures: Measure[]; notes: string[] } {
  const { watchers, open, from_write: told } = result;
  const note = `${open} of ${watchers} watches were open; of ${told.requests} notices ${told.failed} did not come; p50 ${told.p50_ms} ms and p99 ${told.p99_ms} ms after the write was asked for`;
  const metric = 'user_connections_served';
  const value = Math.max(0, open - told.failed);
  const enough = watchers > stage.figure(metric).value;
  return { measures: enough ? [{ metric, value, note }] : [], notes: [note] };
}
