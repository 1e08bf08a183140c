import type { Check } from '../../runner/check.ts';
import { equal, ok } from '../../runner/expectations.ts';
import { provenClaims } from './credentials.ts';
import { ofTrouble, overAt, waited } from './trouble-judging.ts';
import { intervalOf, targetsOf, withCredential } from './workers.ts';

/** What the start of a worker shows whose master fails, and its end when its stake is slashed. */
export const startsOfTrouble: readonly Check[] = [
  ofTrouble(
    'WK-START-001/waits',
    'no step of the master’s begins before the one before it has succeeded',
    ['attestation-late', 'agent-started-early'],
    ({ requests }) => {
      const order = requests.slice(0, 6).map(({ route }) => route);
      equal('its first requests', order, [
        'attestation',
        'attestation',
        'register-worker',
        'register-worker',
        'register-worker',
        'kubernetes',
      ]);
    },
  ),
  ofTrouble(
    'WK-START-006',
    'a registration carries a fresh credential, node_id, token and time',
    ['credential-reused-by-worker'],
    async ({ fake, node, requests }) => {
      const sent = requests.filter(({ route }) => route === 'register-worker');
      ok('it tried again', sent.length >= 3, { got: sent.length });
      const nonces = new Set<string>();
      for (const request of sent) {
        const { node_id, seal_token, timestamp } = request.json;
        equal('what it says', { node_id, seal_token }, { node_id: node.nodeId, seal_token: node.token });
        ok('timestamp is the present time', Math.abs(Number(timestamp) - request.at / 1000) <= 5, {
          got: timestamp,
        });
        const { cluster } = fake.cluster.ids;
        const claims = await provenClaims(request, { address: node.address, cluster, token: node.token });
        nonces.add(claims.nonce);
      }
      equal('the number of nonces', nonces.size, sent.length);
    },
  ),
  ofTrouble(
    'WK-START-007',
    'its agent is not started before the registration was answered with 200',
    ['agent-started-early'],
    ({ requests }) => {
      const first = requests.find(({ route }) => route === 'kubernetes');
      const registered = requests.find(
        ({ route, answered }) => route === 'register-worker' && answered?.status === 200,
      );
      ok('its agent speaks to the master', first !== undefined);
      ok('it was registered before', registered !== undefined && overAt(registered) <= first.at, {
        wanted: registered?.answered,
        got: first.at,
      });
    },
  ),
  ofTrouble(
    'WK-START-013',
    'an attestation or a registration that fails for a time is tried again',
    ['start-gives-up'],
    ({ requests }) => {
      for (const route of ['attestation', 'register-worker'] as const) {
        const statuses = requests
          .filter((one) => one.route === route)
          .map(({ answered }) => answered?.status);
        const wanted = route === 'attestation' ? [503, 200] : [503, 503, 200];
        equal(`answers to ${route}`, statuses.slice(0, wanted.length), wanted);
      }
    },
  ),
  ofTrouble(
    'WK-START-014',
    'a registration is not repeated before the time of a Retry-After',
    ['retry-after-ignored'],
    ({ requests }) => {
      const [, second, third] = requests.filter(({ route }) => route === 'register-worker');
      ok('it tried a third time', second !== undefined && third !== undefined);
      waited(third.at - overAt(second));
    },
  ),
  ofTrouble(
    'WK-ATT-011',
    'each request for an attestation has a fresh nonce of 16 to 64 bytes',
    ['attestation-nonce-fixed'],
    ({ requests }) => {
      const nonces = requests
        .filter(({ route }) => route === 'attestation')
        .map(({ target }) => new URL(target, 'https://master').searchParams.get('nonce') ?? '');
      ok('it asked more than once', nonces.length > 1, { got: nonces.length });
      equal('the number of nonces', new Set(nonces).size, nonces.length);
      for (const nonce of nonces) {
        const { length } = Buffer.from(nonce, 'base64url');
        ok('it has 16 to 64 bytes', length >= 16 && length <= 64, { got: length });
      }
    },
  ),

  ofTrouble(
    'WK-SLASH-001',
    'a worker whose stake is slashed ends with exit code 3',
    ['worker-ignores-slashing'],
    ({ end }) => {
      equal('how it ended', end && [end.code, end.signal], [3, null]);
    },
  ),
  ofTrouble(
    'WK-SLASH-002',
    'after the slashing was noticed nothing is sent to the master',
    ['worker-ignores-slashing'],
    ({ end, afterRefusal }) => {
      ok('it noticed', end !== undefined || afterRefusal.length > 0);
      equal('what it sent after that', targetsOf(afterRefusal), []);
    },
  ),
  ofTrouble(
    'WK-SLASH-003',
    'a slashing is noticed within one interval and 5 s',
    ['worker-ignores-slashing'],
    ({ end, slashedAt }, t) => {
      ok('it ended', end !== undefined, { wanted: 'its end' });
      const within = intervalOf(t) + 5_000;
      ok('it ended in time', end.at - slashedAt <= within, { wanted: within, got: end.at - slashedAt });
    },
  ),
  ofTrouble(
    'WK-SLASH-004',
    'started with a slashed stake it does not register and ends with exit code 3',
    ['worker-ignores-slashing'],
    ({ again }) => {
      equal('how it ended', again.end && [again.end.code, again.end.signal], [3, null]);
      equal('what it sent with a credential', targetsOf(withCredential(again.requests)), []);
    },
  ),
];
