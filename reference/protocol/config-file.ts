import { readFileSync } from 'node:fs';
import type { Schema } from './schema.ts';
import { faultLine, validate } from './schema.ts';

/** The configuration cannot be used; the message names each field that is at fault and never its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Checks a configuration and fills in its defaults. `part` is whose it is. Throws ConfigError. */
export function parseConfig<T>(part: string, schema: Schema<T>, input: unknown): T {
  const result = validate(schema, input);
  if (result.ok) return result.value;
  throw new ConfigError(`${part} configuration refused: ${faultLine(result.faults, '(root)')}`);
}

/** Reads a file of JSON. Throws ConfigError. */
export function readConfigFile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    // The parser's message may quote the text, and the text holds the wallet's key.
    const why = cause instanceof SyntaxError ? 'not JSON' : String(cause);
    throw new ConfigError(`cannot read ${file}: ${why}`);
  }
}
