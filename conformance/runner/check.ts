import type { CheckContext } from './context.ts';

/** One black-box observation of one requirement. */
export interface Check {
  /** Permanent: the requirement's id, or that id with `/case` when it has several checks. */
  readonly id: string;
  readonly requirement: string;
  /** What is observed, as a clause: "an expired credential is refused". */
  readonly title: string;
  /** Names of the mutants it must fail on. */
  readonly mutants: readonly string[];
  /** Runs alone, after all others: for what disturbs the whole target, such as a restart. */
  readonly exclusive: boolean;
  /** Starts parts of its own: no other check of its file runs meanwhile, or the machine would be all starts. */
  readonly startsParts: boolean;
  /** Milliseconds until the check counts as failed. */
  readonly timeoutMs: number;
  /** Equipment of the machine without which it is not planned; the report then says that it is missing. */
  readonly requires: readonly Equipment[];
  /** Looks at more than the Kubernetes API: not planned where the profile kubernetes-api takes its requirement. */
  readonly beyondKubernetes: boolean;
  readonly run: (t: CheckContext) => Promise<void>;
}

/** Programs that some checks drive and a machine may not have. */
export type Equipment = 'kubectl' | `kubectl ${KubectlVersion}`;

/** The versions of kubectl that an implementation is to get on with. */
export const KUBECTL_VERSIONS = ['1.32', '1.33', '1.34', '1.35'] as const;
export type KubectlVersion = (typeof KUBECTL_VERSIONS)[number];

export interface CheckOptions {
  mutants?: readonly string[];
  exclusive?: boolean;
  startsParts?: boolean;
  timeoutMs?: number;
  requires?: readonly Equipment[];
  beyondKubernetes?: boolean;
}

const TIMEOUT_MS = 20_000;

/** Defines a check; its id names the requirement it observes. */
export function check(id: string, title: string, options: CheckOptions, run: Check['run']): Check {
  return {
    id,
    requirement: id.split('/')[0] ?? id,
    title,
    mutants: options.mutants ?? [],
    exclusive: options.exclusive ?? false,
    startsParts: options.startsParts ?? false,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    requires: options.requires ?? [],
    beyondKubernetes: options.beyondKubernetes ?? false,
    run,
  };
}

/** The registrar that a process running checks installs; see setup.ts. */
export interface Registrar {
  (checks: readonly Check[]): void;
}

const REGISTRAR = Symbol.for('k3s-daas.conformance.registrar');

export function installRegistrar(registrar: Registrar): void {
  (globalThis as Record<symbol, unknown>)[REGISTRAR] = registrar;
}

/**
 * The default export of every `*.check.ts` file. Where checks are only listed it does nothing more; in a process that
 * runs checks they are registered as tests.
 */
export function defineChecks(checks: readonly Check[]): readonly Check[] {
  const registrar = (globalThis as Record<symbol, unknown>)[REGISTRAR] as Registrar | undefined;
  registrar?.(checks);
  return checks;
}
