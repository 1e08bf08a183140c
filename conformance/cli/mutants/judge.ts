import { HarnessError } from '../../errors.ts';
import type { CheckResult } from '../../report/model.ts';
import type { Catalogue, Profile } from '../../requirements/catalogue.ts';
import type { Check } from '../../runner/check.ts';
import type { Mutant } from './list.ts';
import { PARTS, partsFor, type Part } from './parts.ts';
import type { RunPool } from './run-pool.ts';

/** What became of one mutant. */
export interface Kill {
  id: string;
  defects: string[];
  title: string;
  killed: boolean;
  /** Requirements that failed on it. */
  killed_by: string[];
  /** Checks that name it and passed on it all the same. */
  survived: string[];
  /** How long its run took. */
  duration_ms: number;
  /** With --full: requirements that failed though no check of theirs names it. */
  unexpected: string[];
}

interface RunOptions {
  /** None: the reference as it is. */
  mutant?: string;
  checks: readonly Check[];
  /** In threads, which pays for many checks. */
  threads?: boolean;
}

/** Runs checks on the reference, or on one of its mutants. */
export class Judge {
  readonly #pool: RunPool;
  readonly #catalogue: Catalogue;
  readonly #seed: number;
  readonly #signal: AbortSignal;

  constructor(options: { pool: RunPool; catalogue: Catalogue; seed: number; signal: AbortSignal }) {
    this.#pool = options.pool;
    this.#catalogue = options.catalogue;
    this.#seed = options.seed;
    this.#signal = options.signal;
  }

  /**
   * Lets the reference itself pass the checks, those of each profile on as few parts as its mutants are judged on. As others
   * run meanwhile, what fails is tried again, one check at a time. Throws HarnessError when one does not pass.
   */
  async control(checks: readonly Check[], again: (ids: string[]) => void): Promise<void> {
    for (const group of Map.groupBy(checks, (check) => this.#profileOf(check)).values()) {
      const first = brokenIn(await this.#run({ checks: group, threads: true }));
      if (first.length === 0) continue;
      again(first.map(({ id }) => id));
      const bad: CheckResult[] = [];
      for (const { id } of first)
        bad.push(...brokenIn(await this.#run({ checks: group.filter((check) => check.id === id) })));
      if (bad.length > 0)
        throw new HarnessError(
          `the reference does not pass ${bad.map(({ id }) => id).join(', ')}: kills would mean nothing`,
          { hint: bad.map(({ id, verdict, message }) => `${id}: ${message ?? verdict}`).join('; ') },
        );
    }
  }

  /** Runs the checks that name the mutant on it, or all of `checks`. */
  async kill(mutant: Mutant, checks: readonly Check[], full: boolean): Promise<Kill> {
    const from = Date.now();
    const guards = checks.filter((check) => check.mutants.includes(mutant.id));
    const results =
      guards.length === 0 ? [] : await this.#run({ mutant: mutant.id, checks: full ? checks : guards });
    // A mutant that breaks a SHOULD is caught too.
    const failed = failedIn(results);
    const guarding = new Set(guards.map((check) => check.requirement));
    const verdicts = new Map(results.map((result) => [result.id, result.verdict]));
    // Checks that need what this machine lacks (a kubectl) were left out of the run, or skipped as the reference does not
    // claim their feature: they prove nothing.
    const survived = guards.filter(({ id }) => !['fail', 'skip', undefined].includes(verdicts.get(id)));
    const killedBy = failed.filter((id) => guarding.has(id));
    return {
      id: mutant.id,
      defects: mutant.defects,
      title: mutant.title,
      killed: killedBy.length > 0 && survived.length === 0,
      killed_by: killedBy,
      survived: survived.map(({ id }) => id),
      duration_ms: Date.now() - from,
      unexpected: failed.filter((id) => !guarding.has(id)),
    };
  }

  #profileOf(check: Check): Profile {
    return this.#catalogue.byId(check.requirement).profile;
  }

  /** On as few parts as will do, and once more on all when a check cannot be observed on those. */
  async #run(options: RunOptions): Promise<readonly CheckResult[]> {
    const few = partsFor(options.checks.map((check) => this.#profileOf(check)));
    const results = await this.#runOn(few, options);
    const unseen = new Set(results.filter(({ verdict }) => verdict === 'untestable').map(({ id }) => id));
    if (unseen.size === 0 || few.length === PARTS.length) return results;
    const left = options.checks.filter(({ id }) => unseen.has(id));
    const more = await this.#runOn(PARTS, { ...options, checks: left });
    return [...results.filter(({ id }) => !unseen.has(id)), ...more];
  }

  async #runOn(
    parts: readonly Part[],
    { mutant, checks, threads }: RunOptions,
  ): Promise<readonly CheckResult[]> {
    const report = await this.#pool.run(
      {
        seed: this.#seed,
        env: mutant === undefined ? {} : { K3S_DAAS_MUTANT: mutant },
        checks: checks.map(({ id }) => id),
        parts: [...parts],
        threads: threads ?? false,
      },
      this.#signal,
    );
    return report.requirements.flatMap((requirement) => requirement.checks);
  }
}

/** A feature that is not claimed is skipped. */
function brokenIn(results: readonly CheckResult[]): CheckResult[] {
  return results.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'skip');
}

/** Requirements with a failed check, in the order of the catalogue. */
function failedIn(results: readonly CheckResult[]): string[] {
  const failed = results.filter(({ verdict }) => verdict === 'fail');
  return [...new Set(failed.map(({ id }) => id.split('/')[0] ?? id))];
}
