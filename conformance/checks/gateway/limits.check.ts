import { request } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import type { HttpAnswer } from '../../drivers/http.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, eventually, isStatus, ok, refused, status } from '../../runner/expectations.ts';
import { CheckFailure } from '../../runner/outcome.ts';
import { leavesNoEvent } from './chain-trace.ts';
import { kube } from './kube.ts';

const LIMIT = 3 * 1024 * 1024;
const FLOOD = 1_500;
const READ = '/api/v1/pods?limit=1';

/** A valid ConfigMap of exactly so many bytes: blanks between tokens mean nothing in JSON. */
function padded(body: object, bytes: number): string {
  const text = JSON.stringify(body);
  return `${text.slice(0, -1)}${' '.repeat(bytes - text.length)}}`;
}

/** Sends in chunks, without a Content-Length, until the server answers. */
function sendChunked(
  t: CheckContext,
  session: string,
  path: string,
  bytes: number,
): Promise<{ status: number; body: unknown }> {
  const { gateway } = t.world;
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, gateway?.url),
      {
        method: 'POST',
        ca: gateway?.ca,
        agent: false,
        headers: { authorization: `Bearer ${session}`, 'content-type': 'application/json' },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString()) }),
        );
      },
    );
    sent.on('error', reject);
    for (let left = bytes; left > 0; left -= 65_536) sent.write(Buffer.alloc(Math.min(left, 65_536), ' '));
    sent.end();
  });
}

interface Flood {
  session: string;
  /** The first answer that was no 200. */
  limited: HttpAnswer;
}

/** Reads of one wallet at once, far more than any limit lets through; checks of a process share one flood. */
function flood(t: CheckContext): Promise<Flood> {
  return t.shared('a flood of reads', async (own) => {
    const session = await own.actors.session(await own.actors.fresh('user'));
    const answers = await sendMany(own, session);
    const limited = answers.find((answer) => answer.status !== 200);
    if (!limited) throw new CheckFailure(`${FLOOD} reads of one wallet at once were all served`);
    return { session, limited };
  });
}

const sendMany = (t: CheckContext, session: string): Promise<HttpAnswer[]> =>
  Promise.all(
    Array.from({ length: FLOOD }, () => t.gateway.with(session, 'GET', READ, { timeoutMs: 30_000 })),
  );

export default defineChecks([
  check(
    'GW-LIM-001/at-the-limit',
    'a body of exactly 3 MiB is read',
    { mutants: ['limit-one-off'] },
    async (t) => {
      const admin = await kube(t);
      const body = padded(admin.configMap(t.name('large')), LIMIT);
      const headers = { 'content-type': 'application/json' };
      status(
        await admin.send('POST', admin.path('configmaps'), { headers, body, timeoutMs: 15_000 }),
        [201, 504],
      );
    },
  ),

  ...['announced', 'chunked'].map((how) =>
    check(
      `GW-LIM-001/${how}`,
      `a body one byte above 3 MiB is 413, ${how}`,
      { mutants: ['limits-ignored'] },
      async (t) => {
        const admin = await kube(t);
        const path = `/api/v1/namespaces/${t.name('nowhere')}/configmaps`;
        if (how === 'announced') {
          const body = padded(admin.configMap('large'), LIMIT + 1);
          const answer = await admin.send('POST', path, {
            headers: { 'content-type': 'application/json' },
            body,
          });
          refused(answer, { status: 413, reason: 'PayloadTooLarge' });
          isStatus(answer, 'RequestEntityTooLarge');
        } else {
          const answer = await sendChunked(t, await t.actors.session(admin.actor), path, LIMIT + 1);
          equal(
            'status and Status',
            [answer.status, at(answer.body, 'kind'), at(answer.body, 'code')],
            [413, 'Status', 413],
          );
        }
        await leavesNoEvent(t, path);
      },
    ),
  ),

  check(
    'GW-LIM-002',
    'a flood of one wallet gets 429 with Retry-After, and is served again afterwards',
    { exclusive: true, mutants: ['limits-ignored', 'retry-after-missing'], timeoutMs: 40_000 },
    async (t) => {
      const { session, limited } = await flood(t);
      refused(limited, { status: 429, reason: 'TooManyRequests' });
      isStatus(limited, 'TooManyRequests');
      const wait = Number(limited.headers['retry-after']);
      ok('there is a Retry-After', wait > 0, { got: limited.headers['retry-after'] });
      const again = async (): Promise<true | undefined> =>
        (await t.gateway.with(session, 'GET', READ)).status === 200 ? true : undefined;
      await eventually('a read after that time', again, { withinMs: wait * 1000 + 1_000, intervalMs: 200 });
    },
  ),

  check(
    'GW-ERR-009/429',
    'a 429 has a Retry-After of whole seconds above zero',
    { exclusive: true, mutants: ['retry-after-missing'], timeoutMs: 40_000 },
    async (t) => {
      const { limited } = await flood(t);
      status(limited, 429);
      ok('Retry-After is whole seconds above zero', /^[1-9]\d*$/.test(limited.headers['retry-after'] ?? ''), {
        got: limited.headers['retry-after'],
      });
    },
  ),

  check(
    'GW-LIM-003',
    'one wallet above its limit takes nothing from another',
    { exclusive: true, mutants: ['limit-for-all-together'], timeoutMs: 40_000 },
    async (t) => {
      const [flooder, other] = await Promise.all([t.actors.fresh('user'), t.actors.fresh('user')]);
      const session = await t.actors.session(flooder);
      const over = new AbortController();
      const flooding = sendMany(t, session).finally(() => {
        over.abort();
      });
      const calm = t.http(t.world.gateway?.url ?? '', t.world.gateway?.ca);
      const own = await t.actors.session(other);
      // All the while, as the limit is reached only after a time; slowly enough to stay below its own.
      while (!over.signal.aborted) {
        const answer = await calm.send('GET', READ, { headers: { authorization: `Bearer ${own}` } });
        status(answer, 200);
        await pause(20, undefined, { signal: t.signal });
      }
      const answers = await flooding;
      ok(
        'the flood was above its limit',
        answers.some((answer) => answer.status === 429),
      );
    },
  ),
]);
