import { setTimeout as pause } from 'node:timers/promises';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, eventually, ok, status } from '../../runner/expectations.ts';
import type { KubeAccess } from '../../world/kube-client.ts';
import { otherAdministrator, ownKube, versionOf } from './kube.ts';

const LARGE = 'x'.repeat(900_000);
const LARGE_OBJECTS = 20;
const PROMPT_MS = 2_000;

/** Opens a watch and never reads from it; the kernel's buffers are soon full. */
async function deafWatch(t: CheckContext, access: KubeAccess, path: string): Promise<void> {
  const { hostname, port } = new URL(access.origin);
  const { ca, client, servername } = access;
  const socket = connect({
    host: hostname,
    port: Number(port === '' ? 443 : port),
    ca,
    ...client,
    ...(isIP(hostname) === 0 && { servername: hostname }),
    ...(servername !== undefined && { servername }),
  });
  socket.on('error', () => socket.destroy());
  t.defer(() => void socket.destroy());
  await new Promise<void>((resolve) => {
    socket.once('secureConnect', resolve);
  });
  socket.pause();
  const headers = Object.entries({ host: hostname, ...access.headers });
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.write(`GET ${access.prefix}${path}?watch=true HTTP/1.1\r\n${lines}\r\n`);
}

export default defineChecks([
  check(
    'GW-WAT-009',
    'watches that nobody reads do not delay the events of others',
    { mutants: ['slow-watch-blocks'], timeoutMs: 60_000 },
    async (t) => {
      const admin = await ownKube(t);
      const path = admin.path('configmaps');
      // More than the buffers between here and there hold.
      const large = Array.from({ length: LARGE_OBJECTS }, (_, index) => `large-${index}`);
      for (const name of large) await admin.made('configmaps', admin.configMap(name, { data: LARGE }));
      await Promise.all([1, 2].map(async () => deafWatch(t, await admin.access(), path)));
      const small = await admin.made('configmaps', admin.configMap('small'));
      const watch = await admin.watch('configmaps', `resourceVersion=${versionOf(small)}`);
      for (let round = 0; round < 4; round += 1) {
        const answer = await admin.patch('configmaps', 'small', 'merge', { data: { round: String(round) } });
        status(answer, 200);
        const answeredAt = Date.now();
        const event = await eventually('the event', () => watch.of('small')[round], {
          withinMs: 5_000,
          intervalMs: 5,
        });
        ok('it comes soon after the answer', event.atMs - answeredAt < PROMPT_MS, {
          wanted: `within ${PROMPT_MS} ms`,
          got: event.atMs - answeredAt,
        });
      }
    },
  ),

  check(
    'GW-WAT-011',
    'a thousand watches opened and left leave the server as quick as before, with room for a thousand more',
    // A thousand TLS handshakes on a busy machine.
    { timeoutMs: 120_000, mutants: ['watches-pile-up'] },
    async (t) => {
      const admin = await ownKube(t, await otherAdministrator(t));
      const { origin, prefix, headers, ca, ...tls } = await admin.access();
      const path = prefix + admin.path('secrets');
      const driver = t.http(origin, ca, tls).recording(() => undefined);
      for (let batch = 0; batch < 20; batch += 1) {
        const streams = await Promise.all(
          Array.from({ length: 50 }, () =>
            driver.stream(`${path}?watch=true`, { headers, timeoutMs: 15_000 }),
          ),
        );
        for (const stream of streams) {
          // Under the rate limit of its wallet a watch may have to come again.
          ok('the watch is open', stream.status === 200 || stream.status === 429, { got: stream.status });
          stream.close();
        }
        if (streams.some((stream) => stream.status === 429))
          await pause(1_000, undefined, { signal: t.signal });
      }
      const watch = await admin.watch('secrets', `resourceVersion=${await admin.revision('secrets')}`);
      const since = Date.now();
      await admin.made('secrets', admin.secret('after'));
      await watch.untilNamed('ADDED', 'after');
      ok('a write and its event take at most 2 s', Date.now() - since < 2_000, { got: Date.now() - since });
      equal('the events', watch.seen, ['ADDED after']);
    },
  ),
]);
