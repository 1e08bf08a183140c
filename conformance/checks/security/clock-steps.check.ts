import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, defineChecks } from '../../runner/check.ts';
import { refused, status } from '../../runner/expectations.ts';
import { OwnMaster } from '../../world/own-master.ts';
import { REPLAY } from '../../world/replay-attack.ts';
import { beat, freshRegistered, prepareHeartbeat, unixNow, type Prepared } from '../credentials/asking.ts';

const EXPIRED = { status: 401, reason: 'CredentialExpired' } as const;
const EARLY = { status: 401, reason: 'CredentialNotYetValid' } as const;

export default defineChecks([
  check(
    'SEC-RPL-007',
    'a clock that is set back makes no used credential good again',
    { mutants: ['nonce-swept', 'nonce-lost-at-restart', 'nonce-forgotten'], timeoutMs: 60_000 },
    async (t) => {
      const dir = await mkdtemp(join(tmpdir(), 'daas-clock-'));
      t.defer(() => rm(dir, { recursive: true, force: true }));
      const file = join(dir, 'step');
      const step = (seconds: number): Promise<void> => writeFile(file, String(seconds));
      const own = await OwnMaster.start(t, { values: { 'clock.step_file': file } });
      const worker = await freshRegistered(own.t);
      const skew = t.world.timings.clock_skew_seconds;
      // Seconds from the machine's clock at which it begins and ends.
      const made = (from: number, to: number): Promise<Prepared> => {
        const now = unixNow();
        const claims = { iat: now + from, exp: now + to };
        return prepareHeartbeat(own.t, worker, { mint: { claims }, body: { timestamp: now + from } });
      };
      const sent = (prepared: Prepared): ReturnType<typeof beat> => beat(own.t, prepared);
      const used = await made(0, 60);
      const ending = await made(0, 5);
      for (const prepared of [used, ending]) status(await sent(prepared), 200);

      // Back by less than the skew, right after it was used.
      await step(10 - skew);
      refused(await sent(await made(25, 60)), EARLY); // the clock is really another
      status(await sent(await made(10 - skew, 60)), 200);
      refused(await sent(used), REPLAY);

      // Forward, until one's time is over for good and a sweep may forget it; then back into its time.
      await step(skew + 10);
      status(await sent(await made(skew + 10, skew + 60)), 200);
      refused(await sent(ending), EXPIRED);
      await step(15);
      status(await sent(await made(15, 60)), 200);
      for (const prepared of [used, ending]) refused(await sent(prepared), REPLAY);

      // The same over a restart, which forgets what was kept in memory alone.
      await step(skew + 10);
      status(await sent(await made(skew + 10, skew + 60)), 200);
      await own.kill();
      await step(15);
      await own.start();
      status(await sent(await made(15, 60)), 200);
      for (const prepared of [used, ending]) refused(await sent(prepared), REPLAY);
    },
  ),
]);
