import { parseArgs } from 'node:util';
import { activeMutant, mutate } from '../mutants/index.ts';
import { systemClock } from '../protocol/clock.ts';
import type { Logger } from '../protocol/logger.ts';
import { createLogger } from '../protocol/logger.ts';
import { assembleWorker } from './assemble.ts';
import { loadWorkerConfig } from './config.ts';
import { ConfigError } from './config-error.ts';
import { defaultWorkerSeams } from './seams.ts';
import { loadWallet } from './wallet-key.ts';
import { EXIT, WorkerExit } from './worker-exit.ts';

/** A shutdown that hangs must not become one that never ends. */
const SHUTDOWN_MS = 9_000;

let log: Logger | undefined;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { config: { type: 'string' } } });
  const mutant = await activeMutant(process.env);
  const seams = mutate(defaultWorkerSeams, mutant?.worker);
  const config = loadWorkerConfig(seams.configFile(values.config, process.env), seams);
  const signer = loadWallet(config, seams);
  const logFile = config.log.file;
  log = createLogger({
    name: 'worker',
    level: config.log.level,
    ...(logFile === undefined ? {} : { file: logFile }),
  });
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      log?.info({ signal }, 'stopping');
      stop.abort(new Error(`stopped by ${signal}`));
      setTimeout(() => process.exit(EXIT.failed), SHUTDOWN_MS).unref();
    });
  }
  const worker = assembleWorker({
    config,
    signer,
    seams,
    clock: systemClock,
    environment: process.env,
    log,
    onRunning: (url) => {
      process.stdout.write(`${JSON.stringify({ ready: true, url, pid: process.pid })}\n`);
    },
  });
  return await worker.run(stop.signal);
}

function codeOf(error: unknown): number {
  if (error instanceof WorkerExit) return error.code;
  return error instanceof ConfigError ? EXIT.configuration : EXIT.failed;
}

try {
  const code = await main();
  log?.info({ code }, 'worker stopped');
  process.exit(code);
} catch (error) {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  // Before there is a logger a refusal is all there is to say, and it goes to whoever started us.
  if (log === undefined) process.stderr.write(`worker: ${message}\n`);
  else log.fatal({ code, err: error }, message);
  process.exit(code);
}
