import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeSuiPrivateKey } from '@mysten/sui/cryptography';
import type { Check } from '../../runner/check.ts';
import { at, equal, ok } from '../../runner/expectations.ts';
import { Untestable } from '../../runner/outcome.ts';
import { withCredential } from './workers.ts';
import type { Life } from './life.ts';
import { atLeast, ofLife } from './life-judging.ts';

/** What a log may show of a secret is four characters; fewer than this in a row could be chance. */
const TELLING = 9;
/** For what was under way when the signal was sent, milliseconds. */
const UNDER_WAY_MS = 250;

/** What the end of a worker shows that lives with an honest master, and what it says and leaves. */
export const endOfLife: readonly Check[] = [
  ofLife(
    'WK-STOP-001',
    'no heartbeat is sent after SIGTERM',
    ['heartbeat-not-stopped'],
    ({ fake, stopped }) => {
      const beats = atLeast(fake.requests, 'heartbeat', 3);
      equal('the exit', stopped.exit, { code: 0, signal: null });
      const late = beats.filter((beat) => beat.at > stopped.signalledAt + UNDER_WAY_MS);
      equal(
        'milliseconds from the signal to later heartbeats',
        late.map((beat) => beat.at - stopped.signalledAt),
        [],
      );
    },
  ),

  ofLife(
    'WK-STOP-002',
    'SIGTERM ends it with exit code 0 within 10 s, also while a heartbeat is under way',
    ['heartbeat-not-stopped'],
    ({ stopped, requests }) => {
      ok(
        'a heartbeat was under way',
        requests.some(({ route, answered }) => route === 'heartbeat' && !answered),
      );
      equal('the exit', [stopped.exit, stopped.killed], [{ code: 0, signal: null }, false]);
      ok('it took less than 10 s', stopped.ms < 10_000, { wanted: 10_000, got: stopped.ms });
    },
  ),

  ofLife('WK-STOP-003', 'nothing is left after its exit', ['worker-leaves-file'], ({ left, stopped }) => {
    equal('the exit', stopped.exit, { code: 0, signal: null });
    equal('connections that are open', left.connections, 0);
    equal('temporary files', left.temporary, []);
    // Where the system shows no processes, the rest has to do.
    equal(
      'processes',
      (left.processes ?? []).map(({ arguments: told }) => told),
      [],
    );
  }),

  ofLife(
    'WK-STOP-004',
    'SIGTERM during the start ends it with exit code 0 within 10 s',
    ['start-not-interruptible'],
    ({ interrupted, fake }) => {
      ok('the master’s attestation was under way', fake.of('attestation')[0]?.answered === undefined);
      equal('the exit', [interrupted.exit, interrupted.killed], [{ code: 0, signal: null }, false]);
      ok('it took less than 10 s', interrupted.ms < 10_000, { wanted: 10_000, got: interrupted.ms });
    },
  ),

  ofLife(
    'WK-LOG-001',
    'its log shows nothing of credentials, keys and join tokens at the level trace',
    ['credential-in-worker-log'],
    ({ words, worker, requests, fake }) => {
      ok('it logs something', words.length > 200, { got: words.length });
      const credentials = withCredential(requests).map(({ headers }) => String(headers['x-seal-token']));
      const joins = atLeast(requests, 'kubernetes', 1).map(({ headers }) => String(headers.authorization));
      ok('there were credentials', credentials.length > 0 && fake.of('heartbeat').length > 0);
      const secrets = [
        ...keyForms(worker.secretKey),
        // The prefix is no secret, nor is what follows it: but the signature and the nonce are in the rest.
        ...credentials.map((credential) => credential.split('.').slice(1).join('.')),
        ...joins.map((token) => token.replace(/^Bearer join\./, '')),
      ];
      for (const secret of new Set(secrets)) silentOf(words, secret);
    },
  ),

  ofLife(
    'WK-LOG-002',
    'its key is in no argument, environment or file but its key file',
    ['key-copied'],
    async (life) => {
      const { processes = [] } = life;
      if (processes.length === 0) throw new Untestable('it needs a worker whose processes /proc shows');
      for (const { arguments: told, environment } of processes)
        for (const form of keyForms(life.worker.secretKey)) {
          silentOf(told, form);
          silentOf(environment, form);
        }
      for (const [file, content] of await filesOf(life))
        for (const form of keyForms(life.worker.secretKey))
          ok(`${file} does not hold the key`, !content.includes(form), { got: file });
    },
  ),
];

/** The key as text in the ways that it could be written. */
function keyForms(secretKey: string): string[] {
  const bytes = Buffer.from(decodeSuiPrivateKey(secretKey).secretKey);
  const flagged = Buffer.concat([Buffer.from([0]), bytes]);
  return [
    secretKey.replace(/^suiprivkey1/, ''),
    bytes.toString('hex'),
    bytes.toString('base64'),
    flagged.toString('base64'),
  ];
}

/** Fails when a part of the secret stands in the text. */
function silentOf(text: string, secret: string): void {
  for (let from = 0; from + TELLING <= secret.length; from += 1) {
    const part = secret.slice(from, from + TELLING);
    ok('nothing of a secret is shown', !text.includes(part), { got: `${part.slice(0, 4)}…` });
  }
}

/** Files that the worker could have written, but for its key file, with their content. */
async function filesOf({ worker }: Life): Promise<[string, string][]> {
  const all = await Promise.all(
    [worker.dir, worker.tmp].map(async (folder) => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const names = entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
      return Promise.all(
        names.map(async (name): Promise<[string, string]> => [name, await readFile(name, 'latin1')]),
      );
    }),
  );
  ok('its configuration is there, without the key', at(all, 0, 'length') !== 0);
  return all.flat();
}
