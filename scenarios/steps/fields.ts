import { z } from 'zod';

/** Fields that many steps share. */
export const name = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'lower-case letters, digits and dashes');
/** The actor who does it. */
export const as = name.default('admin');
/** Until it must have happened. */
export const within = (seconds: number) => z.number().positive().max(300).default(seconds);
export const count = z.number().int().min(0).max(1000);
