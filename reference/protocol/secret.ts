import { inspect } from 'node:util';

/**
 * A string that must not reach a log, an error, a report or a file by accident.
 *
 * Every implicit conversion (template, JSON, inspect, pino) yields a placeholder; only `reveal()`
 * gives the value. The private field makes the type nominal: a plain string is no Secret.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself, for the one place that needs it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

/** What stands in the place of a secret. */
export const REDACTED = '[redacted]';
