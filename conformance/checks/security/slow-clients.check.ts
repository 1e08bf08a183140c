import { sendRaw } from '../../drivers/raw-tls.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { ok, status } from '../../runner/expectations.ts';
import { PODS } from '../credentials/asking.ts';

export default defineChecks([
  check(
    'SEC-PRS-006',
    'slow clients are cut off and slow nobody down',
    { timeoutMs: 45_000, mutants: ['slow-clients-kept'] },
    async (t: CheckContext) => {
      const server = t.world.gateway;
      t.needs('a gateway', server !== undefined);
      const user = await t.actors.shared('user');
      const { host } = new URL(server.url);
      const drip = (bytes: string): Promise<{ closed: boolean; ms: number }> =>
        sendRaw(server, [...bytes.padEnd(120, 'a')], { paceMs: 400, timeoutMs: 36_000, signal: t.signal });
      const post = `POST ${PODS} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${await t.actors.session(user)}\r\nContent-Length: 5000\r\n\r\n`;
      const slow = [
        ...Array.from({ length: 20 }, () => drip(`GET ${PODS} HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `)),
        sendRaw(server, [post, ...'{'.repeat(100)], { paceMs: 400, timeoutMs: 36_000, signal: t.signal }),
        sendRaw(server, '', { timeoutMs: 36_000, signal: t.signal }),
      ];
      const times: number[] = [];
      for (let count = 0; count < 10; count += 1) {
        const since = Date.now();
        status(await t.gateway.as(user, 'GET', PODS), 200);
        times.push(Date.now() - since);
      }
      ok('others are answered within a second', times.toSorted((a, b) => a - b)[5]! < 1000, { got: times });
      for (const answer of await Promise.all(slow)) {
        ok('the slow connection was closed', answer.closed, { wanted: 'closed within 36 s', got: answer.ms });
      }
    },
  ),
]);
