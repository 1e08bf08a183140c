import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { UsageError } from '../errors.ts';

/** Lies of an attestation: each is a document with exactly one thing wrong. See forgeries.ts. */
export const ATTESTATION_LIES = [
  'no-document',
  'not-found',
  'other-nonce',
  'no-nonce',
  'longer-nonce',
  'wrong-pcr',
  'missing-pcr',
  'other-root',
  'leaf-of-another-root',
  'expired-leaf',
  'early-intermediate',
  'intermediate-no-authority',
  'changed-signature',
  'es256',
  'changed-bit',
  'other-key',
  'no-key',
  'empty',
  'noise',
  'trailing-byte',
  'key-twice',
  'indefinite-map',
  'deep-nesting',
  'megabyte',
  'old',
  'of-the-future',
] as const;
export type AttestationLie = (typeof ATTESTATION_LIES)[number];

export const JOIN_LIES = ['unsigned', 'changed-signature', 'other-key', 'other-server', 'old'] as const;
export type JoinLie = (typeof JOIN_LIES)[number];

const status = z.int().min(200).max(599);
const milliseconds = z.int().min(0).max(600_000);

/** What is done in place of the honest answer; exactly one of them. */
const action = z.union([
  z.strictObject({
    answer: z.strictObject({
      status,
      /** Our reason in the error body, for example ChainUnavailable. */
      reason: z.string().min(1).optional(),
      /** Seconds, or an HTTP date. */
      retry_after: z.union([z.int().min(0), z.string().min(1)]).optional(),
      headers: z.record(z.string(), z.string()).optional(),
      /** In place of the error body: text as it is, anything else as JSON. */
      body: z.unknown().optional(),
    }),
  }),
  /** Take the request and never answer it. */
  z.strictObject({ hang: z.literal(true) }),
  /** Answer honestly, later. */
  z.strictObject({ delay_ms: milliseconds }),
  /** Begin the honest answer and cut the connection after so many bytes of its body. */
  z.strictObject({ cut_after_bytes: z.int().min(0).max(1_000_000) }),
  /** To another host, which answers honestly, with the same path. */
  z.strictObject({ redirect: z.int().min(300).max(308) }),
  z.strictObject({ attestation: z.enum(ATTESTATION_LIES) }),
  z.strictObject({ join: z.enum(JOIN_LIES) }),
]);

const fault = z.strictObject({
  on: z.enum(['attestation', 'register-worker', 'heartbeat', 'kubernetes']),
  /** So many requests pass before it begins. */
  after: z.int().min(0).default(0),
  /** To so many requests it happens. */
  times: z.union([z.int().min(1), z.literal('always')]).default(1),
  /** With this chance for each of them, drawn from the plan's seed. */
  chance: z.number().gt(0).max(1).default(1),
  do: action,
});

const faultPlanSchema = z.strictObject({
  seed: z.int().min(0).default(1),
  faults: z.array(fault).max(200),
});

/** A plan as an author writes it, defaults left out. */
export type FaultPlanInput = z.input<typeof faultPlanSchema>;
export type FaultPlan = z.output<typeof faultPlanSchema>;
export type Fault = FaultPlan['faults'][number];
export type FaultAction = Fault['do'];
export type FaultRoute = Fault['on'];

/** Checks a plan. Throws UsageError that names each fault of it by its place. */
export function faultPlan(input: unknown): FaultPlan {
  const result = faultPlanSchema.safeParse(input);
  if (!result.success)
    throw new UsageError(`the fault plan is refused:\n${z.prettifyError(result.error)}`, {
      hint: 'the README’s section "Fault plans" shows one; each entry of `faults` has `on` and one `do`',
    });
  const misplaced = result.data.faults.find((one) => !fits(one.on, one.do));
  if (misplaced)
    throw new UsageError(
      `the fault plan is refused: ${misplaced.on} cannot ${JSON.stringify(misplaced.do)}`,
      {
        hint: 'lies of an attestation are for `on: attestation`, those of join data for `on: register-worker`',
      },
    );
  return result.data;
}

/** The same from YAML or JSON text. */
export function parseFaultPlan(text: string): FaultPlan {
  let input: unknown;
  try {
    input = parseYaml(text);
  } catch (cause) {
    throw new UsageError('the fault plan is no YAML and no JSON', { cause });
  }
  return faultPlan(input);
}

/** Whether this can be done there. */
function fits(on: FaultRoute, what: FaultAction): boolean {
  if ('attestation' in what) return on === 'attestation';
  if ('join' in what) return on === 'register-worker';
  return true;
}
