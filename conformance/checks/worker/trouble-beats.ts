import type { Check } from '../../runner/check.ts';
import { equal, ok } from '../../runner/expectations.ts';
import { provenClaims } from './credentials.ts';
import { FAILURES_IN_A_ROW } from './trouble.ts';
import { ofTrouble, overAt, pairs, pauses, waited } from './trouble-judging.ts';
import { intervalOf, targetsOf, withCredential } from './workers.ts';

/** What a busy machine adds to a pause, milliseconds. */
const LATE_MS = 50;

/** What the heartbeats of a worker show whose master fails. */
export const beatsOfTrouble: readonly Check[] = [
  ...(['too-many', 'unavailable', 'hang'] as const).map((what) =>
    ofTrouble(
      `WK-BEAT-004/${what}`,
      `a heartbeat that is ${{ 'too-many': 'refused with 429', unavailable: 'refused with 503', hang: 'not answered' }[what]} is tried again`,
      what === 'unavailable' ? ['no-backoff'] : what === 'hang' ? ['never-gives-up'] : [],
      ({ beats }) => {
        const found = pauses(pairs(beats, what));
        if (what !== 'unavailable') return;
        equal('the number of tries', found.length, FAILURES_IN_A_ROW);
        const [first = 0, last = 0] = [found[0], found.at(-1)];
        ok('the pauses grow', last >= 2 * first && last > 100, { got: found });
      },
    ),
  ),
  ofTrouble(
    'WK-BEAT-005',
    'nothing is sent before the time of a Retry-After',
    ['retry-after-ignored'],
    ({ beats }) => {
      for (const pause of pauses(pairs(beats, 'retry-after'))) waited(pause);
    },
  ),
  ofTrouble(
    'WK-BEAT-006',
    'the agent is restarted after three failures in a row, once',
    ['agent-never-restarted', 'agent-restarted-early'],
    ({ beats, requests }) => {
      const row = pairs(beats, 'unavailable').map(([beat]) => beat);
      equal('the failures in a row', row.length, FAILURES_IN_A_ROW);
      const watches = requests.filter(
        ({ route, target }) => route === 'kubernetes' && /[?&]watch=/.test(target),
      );
      const [, , third, fourth] = row;
      const after = beats.at(beats.findIndex((beat) => beat === fourth) + 1);
      const between = (from: number, to: number): number =>
        watches.filter(({ at }) => at > from && at <= to).length;
      equal('watches begun while the first three failed', between(row[0]!.at, overAt(third!)), 0);
      equal('watches begun after that', between(overAt(third!), overAt(after!)), 1);
    },
  ),
  ofTrouble(
    'WK-BEAT-008',
    'a hanging master is given up in less than the interval',
    ['never-gives-up'],
    ({ beats }, t) => {
      const [[hanging]] = pairs(beats, 'hang');
      const after = overAt(hanging) - hanging.at;
      const interval = intervalOf(t);
      ok('it was given up', hanging.givenUpAt !== undefined && after < interval, {
        wanted: interval,
        got: after,
      });
    },
  ),
  ofTrouble(
    'WK-BEAT-009',
    'a node that the master does not know is registered again',
    ['unknown-node-ignored'],
    ({ beats, requests }) => {
      const [[unknown, next]] = pairs(beats, 'unknown');
      const again = requests.filter(
        ({ route, at }) => route === 'register-worker' && at > unknown.at && at < next.at,
      );
      equal('registrations after that', again.length, 1);
    },
  ),
  ofTrouble(
    'WK-BEAT-010',
    'a redirect to another host is not followed with a credential',
    ['redirects-followed'],
    ({ beats, requests, fake }) => {
      pairs(beats, 'redirected');
      const elsewhere = requests.filter(({ port }) => !fake.url.endsWith(`:${port}`));
      equal('credentials at the other host', targetsOf(withCredential(elsewhere)), []);
    },
  ),
  ofTrouble('WK-BEAT-011', 'the pauses before another try are spread', ['no-jitter'], ({ beats }) => {
    const first = (['too-many', 'redirected', 'cut', 'hang'] as const).flatMap((what) =>
      pauses(pairs(beats, what)),
    );
    const row = pauses(pairs(beats, 'unavailable'));
    // Doubling taken out, all would be the same pause without jitter, each a little late: is there one that fits all?
    const all = [...first.map((pause) => [pause, 1]), ...row.map((pause, index) => [pause, 2 ** index])];
    const least = Math.max(...all.map(([pause = 0, times = 1]) => (pause - LATE_MS) / times));
    const most = Math.min(...all.map(([pause = 0, times = 1]) => pause / times));
    ok('they are not all made of one pause', least > most, { got: { first, row } });
  }),
  ofTrouble(
    'WK-BEAT-012',
    'a heartbeat after one that failed has a credential of its own',
    ['credential-reused-by-worker'],
    async ({ beats, node, fake }) => {
      const nonces = new Set<string>();
      const tries = pairs(beats, 'unavailable').flat();
      for (const beat of new Set(tries)) {
        const wanted = { address: node.address, cluster: fake.cluster.ids.cluster, token: node.token };
        nonces.add((await provenClaims(beat, wanted)).nonce);
      }
      equal('the number of nonces', nonces.size, FAILURES_IN_A_ROW + 1);
    },
  ),
  ofTrouble(
    'WK-BEAT-013',
    'a heartbeat that fails is no reason to register again',
    ['rejoins-on-failure'],
    ({ beats, requests }) => {
      const row = pairs(beats, 'unavailable');
      const [from, to] = [row[0]![0].at, row.at(-1)![1].at];
      const again = requests.filter(({ route, at }) => route === 'register-worker' && at > from && at < to);
      equal('registrations meanwhile', again.length, 0);
    },
  ),
  ofTrouble(
    'WK-BEAT-014',
    'after a heartbeat that succeeds the interval is kept again',
    ['backoff-kept'],
    ({ beats }, t) => {
      const interval = intervalOf(t);
      const found = pauses(pairs(beats, 'good'));
      for (const pause of found)
        ok('the next comes after an interval', pause >= interval * 0.7 && pause <= interval * 1.7, {
          wanted: interval,
          got: found,
        });
      const row = pauses(pairs(beats, 'unavailable'));
      const [after = 0] = pauses(pairs(beats, 'hang'));
      ok('the backoff begins anew', after < (row.at(-1) ?? 0), { wanted: row, got: after });
    },
  ),
];
