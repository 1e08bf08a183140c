import { randomInt } from 'node:crypto';
import { UsageError } from '../errors.ts';

const LARGEST_SEED = 2 ** 31 - 1;

/** The whole number that was given for an option. Throws UsageError for anything else, and outside its bounds. */
export function natural(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new UsageError(`${name} ${text} is not a whole number from ${least} to ${most}`);
  }
  return value;
}

/** The seed that was given, or one by chance. Throws UsageError. */
export function seedOf(text: string | undefined): number {
  return text === undefined ? randomInt(LARGEST_SEED) : natural('--seed', text, 0, LARGEST_SEED);
}

/** Variables of an environment given as KEY=VALUE. Throws UsageError. */
export function environmentOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, key, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(pair) ?? [];
      if (key === undefined || value === undefined) throw new UsageError(`--env ${pair} is not KEY=VALUE`);
      return [key, value];
    }),
  );
}
