import { randomLabel } from '../../conformance/world/actors.ts';
import { pod } from '../../conformance/world/gateway-api.ts';
import { crowd } from '../crowd.ts';
import type { Traffic } from '../engine/traffic.ts';
import { resultOf, type Scenario } from './scenario.ts';

const PODS = '/api/v1/namespaces/default/pods';
/** Users whose watches they are: one wallet alone would soon be above what a wallet may send. */
const USERS = 8;

/**
 * The fan-out as any HTTP client can see it, k6's among them: a watch is a request that ends at its timeout, and it was
 * served when its body tells of the change that was made while all of them were open.
 */
export const watchHold: Scenario = {
  name: 'watch-hold',
  title: 'Watches of many users held open at once, each told of a change',
  engines: ['k6', 'builtin'],
  long: true,
  run: async (stage, scale, play) => {
    const watchers = scale.size(60, 1100);
    // How fast connections can be opened is not asked: a handshake costs both sides milliseconds.
    const opening = scale.size(1, 8);
    const timeout = scale.size(4, 20);
    const [users, admins] = await Promise.all([
      crowd(stage.session, 'user', USERS),
      crowd(stage.session, 'admin', 1),
    ]);
    const name = `watch-hold-${randomLabel()}`;
    const watches: Traffic = {
      name: 'watches',
      title: 'watches that must be told',
      server: 'gateway',
      rate: watchers / opening,
      seconds: opening,
      graceSeconds: timeout + 5,
      connections: watchers,
      arrivals: users.map((_, session) => [
        { method: 'GET', path: `${PODS}?watch=true&timeoutSeconds=${timeout}`, session },
      ]),
      expect: [{ status: 200, contains: `"${name}"` }],
    };
    const change: Traffic = {
      name: 'change',
      title: 'the change',
      server: 'gateway',
      rate: 1,
      seconds: 1,
      // After the last watch was asked for, before the first ends.
      delaySeconds: opening + (timeout - opening) / 2,
      connections: 1,
      arrivals: [
        [
          {
            method: 'POST',
            path: PODS,
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(pod(name)),
            session: users.length,
          },
        ],
      ],
      expect: [{ status: 201 }],
    };
    const traffics = await play(stage.plan([watches, change], [...users, ...admins]));
    const { served, intended } = resultOf(traffics, 'watches');
    const metric = 'user_connections_served';
    const note = `${served} of ${intended} watches that were open at once were told of the change`;
    const enough = watchers > stage.figure(metric).value;
    return {
      traffics,
      measures: enough ? [{ metric, value: served, note }] : [],
      notes: [`${note}; their latency is that of their timeout`],
    };
  },
};
