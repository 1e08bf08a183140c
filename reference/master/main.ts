import { parseArgs } from 'node:util';
import { activeMutant } from '../mutants/index.ts';
import { systemClock } from '../protocol/clock.ts';
import { shrinkWhenIdle } from '../protocol/idle-memory.ts';
import { createLogger } from '../protocol/logger.ts';
import { TeeUnavailableError } from '../attestation/tee.ts';
import { assembleMaster } from './assemble.ts';
import { ConfigError } from '../protocol/config-file.ts';
import { loadMasterConfig } from './config.ts';

/** Exit codes: 0 stopped, 1 failed, 2 configuration or environment refused. */
const REFUSED = 2;

/** A shutdown that hangs must not become one that never ends. */
const SHUTDOWN_MS = 9_000;

/** A standby was asked to stop. */
class StoppedError extends Error {}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  if (values.config === undefined) throw new ConfigError('usage: main.ts --config FILE');
  const config = loadMasterConfig(values.config);
  const { level, file } = config.log;
  const log = createLogger({ name: 'master', level, ...(file === undefined ? {} : { file }) });
  const mutant = await activeMutant(process.env);
  const stopped = Promise.withResolvers<string>();
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      stopping.abort(new StoppedError(signal));
      stopped.resolve(signal);
    });
  }
  const master = await assembleMaster({
    config,
    clock: systemClock,
    environment: process.env,
    mutant,
    log,
    signal: stopping.signal,
  });
  // Another master leads or will: whatever this one still holds in memory is of no use to anybody.
  const onLost = (): void => {
    if (stopping.signal.aborted) return;
    log.fatal({ err: master.lost?.reason }, 'no longer leading');
    process.exit(1);
  };
  master.lost?.addEventListener('abort', onLost);
  if (master.lost?.aborted) onLost();
  process.on('SIGHUP', () => {
    master.rotateKeys().then(
      () => log.info('store keys rotated'),
      (error: unknown) => log.error({ err: error }, 'store keys were not rotated'),
    );
  });
  const failed = master.ready.then(
    () => {
      process.stdout.write(`${JSON.stringify({ ready: true, url: master.url, pid: process.pid })}\n`);
      log.info({ url: master.url, mutant: mutant?.id }, 'master is ready');
      shrinkWhenIdle();
      return new Promise<never>(() => undefined);
    },
    (error: unknown) => error,
  );
  const outcome = await Promise.race([stopped.promise, failed]);
  if (typeof outcome !== 'string') {
    log.fatal({ err: outcome }, 'the master cannot go on');
    process.exitCode = 1;
  }
  setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
  await master.close();
  log.info('master stopped');
}

try {
  await main();
  process.exit();
} catch (error) {
  if (error instanceof StoppedError) process.exit(0);
  const refused = error instanceof ConfigError || error instanceof TeeUnavailableError;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(refused ? REFUSED : 1);
}
