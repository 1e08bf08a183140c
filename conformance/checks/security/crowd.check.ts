import { sendTogether } from '../../drivers/raw-crowd.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, ok, status } from '../../runner/expectations.ts';
import { faultOfCopies, REPLAY } from '../../world/replay-attack.ts';
import {
  beat,
  freshRegistered,
  HEARTBEAT,
  prepareHeartbeat,
  REGISTER,
  unixNow,
} from '../credentials/asking.ts';

const COPIES = 300;

export default defineChecks(
  [HEARTBEAT, REGISTER].map((target) =>
    check(
      `SEC-RPL-008/${target === HEARTBEAT ? 'heartbeat' : 'registration'}`,
      `of hundreds of copies to ${target} that end at once over raw connections exactly one passes`,
      { mutants: ['nonce-race', 'nonce-forgotten'], timeoutMs: 40_000 },
      async (t: CheckContext) => {
        const server = t.world.master;
        t.needs('a master', server !== undefined);
        const worker = await freshRegistered(t);
        const body =
          target === HEARTBEAT
            ? (await prepareHeartbeat(t, worker)).body
            : JSON.stringify({ node_id: worker.nodeId, seal_token: worker.token, timestamp: unixNow() });
        const credential = await t.actors.oneShot(worker, { method: 'POST', target, body });
        const head = [
          `POST ${target} HTTP/1.1`,
          `Host: ${new URL(server.url).host}`,
          `X-Seal-Token: ${credential}`,
          'Content-Type: application/json',
          `Content-Length: ${Buffer.byteLength(body)}`,
          'Connection: close',
        ];
        const answers = await sendTogether(server, `${head.join('\r\n')}\r\n\r\n${body}`, {
          copies: COPIES,
          timeoutMs: 30_000,
          signal: t.signal,
        });
        const accepted = answers.filter((answer) => answer.status === 200).length;
        const refusals = answers.filter(
          (answer) => answer.status === REPLAY.status && answer.text.includes(`"${REPLAY.reason}"`),
        ).length;
        const counts = { accepted, refused: refusals, others: COPIES - accepted - refusals };
        const fault = faultOfCopies(counts);
        ok(fault ?? 'exactly one passed', fault === undefined, { got: counts });
        equal('the copies answered', answers.length, COPIES);
        // The crowd harmed nobody: the worker's next credential passes.
        status(await beat(t, await prepareHeartbeat(t, worker)), 200);
      },
    ),
  ),
);
