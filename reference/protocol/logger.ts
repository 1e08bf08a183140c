import { destination, multistream, pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { redactText, redactValue } from './redact.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  /** Part that logs: gateway, master, worker. */
  name: string;
  /** pino level; default info. */
  level?: string;
  /** File that gets a copy of each line, made with mode 0600. */
  file?: string;
  /** Where lines go instead of stderr; for tests. */
  stream?: DestinationStream;
}

/**
 * A pino logger that cannot show secrets: objects are copied without them, and each finished line is
 * searched once more, since a secret may hide in the text of somebody else's error.
 */
export function createLogger(options: LoggerOptions): Logger {
  const { name, level = 'info', file, stream } = options;
  const streams: { level: 'trace'; stream: DestinationStream }[] = [
    { level: 'trace', stream: stream ?? destination({ fd: 2, sync: true }) },
  ];
  if (file !== undefined) {
    streams.push({
      level: 'trace',
      stream: destination({ dest: file, sync: true, mkdir: true, mode: 0o600 }),
    });
  }
  return pino(
    {
      name,
      level,
      base: { name },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: redactFields },
      serializers: { err: (error: unknown) => redactValue(error) },
      hooks: { streamWrite: redactText },
    },
    multistream(streams),
  );
}

/** A logger that keeps quiet. */
export function silentLogger(): Logger {
  return pino({ level: 'silent' });
}

function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  const clean = redactValue(fields);
  return typeof clean === 'object' && clean !== null ? { ...clean } : {};
}
