import { HarnessError } from '../../errors.ts';
import type { CheckResult } from '../../report/model.ts';
import type { Catalogue, Profile } from '../../requirements/catalogue.ts';
import type { Check } from '../../runner/check.ts';
import type { BundledName } from '../../target/bundled.ts';
import type { Mutant } from './list.ts';
import { PARTS, partsFor, type Part } from './parts.ts';
import type { RunPool } from './run-pool.ts';
import { lacking, targetFor } from './stage.ts';

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
  /** Why it was not run at all, which is no kill. */
  unjudged?: string;
  /** How long its run took. */
  duration_ms: number;
  /** With --full: requirements that failed though no check of theirs names it. */
  unexpected: string[];
}

interface RunOptions {
  target: BundledName;
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
   * Lets the reference itself pass the checks that name these mutants, those of each profile on as few parts as its mutants
   * are judged on. As others run meanwhile, what fails is tried again, one check at a time. Throws HarnessError when one does
   * not pass; answers how many there were.
   */
  async control(
    mutants: readonly Mutant[],
    checks: readonly Check[],
    again: (ids: string[]) => void,
  ): Promise<number> {
    let passed = 0;
    for (const { target, group } of await this.#groups(mutants, checks)) {
      const first = brokenIn(await this.#run({ target, checks: group, threads: true }));
      passed += group.length;
      if (first.length === 0) continue;
      again(first.map(({ id }) => id));
      const bad: CheckResult[] = [];
      for (const { id } of first)
        bad.push(...brokenIn(await this.#run({ target, checks: group.filter((check) => check.id === id) })));
      if (bad.length > 0)
        throw new HarnessError(
          `the reference does not pass ${bad.map(({ id }) => id).join(', ')}: kills would mean nothing`,
          { hint: bad.map(({ id, verdict, message }) => `${id}: ${message ?? verdict}`).join('; ') },
        );
    }
    return passed;
  }

  /** Runs the checks that name the mutant on it, or all of `checks`. */
  async kill(mutant: Mutant, checks: readonly Check[], full: boolean): Promise<Kill> {
    const from = Date.now();
    const guards = guardsOf([mutant], checks);
    const target = targetFor(guards, this.#catalogue);
    const unjudged = await lacking(target);
    const nothing = guards.length === 0 || unjudged !== undefined;
    const results = nothing
      ? []
      : await this.#run({ target, mutant: mutant.id, checks: full ? checks : guards });
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
      ...(unjudged !== undefined && { unjudged }),
      duration_ms: Date.now() - from,
      unexpected: failed.filter((id) => !guarding.has(id)),
    };
  }

  /** Checks that go together: those of one profile, on the target on which the mutants they name are judged. */
  async #groups(
    mutants: readonly Mutant[],
    checks: readonly Check[],
  ): Promise<{ target: BundledName; group: Check[] }[]> {
    const stages = Map.groupBy(mutants, (mutant) => targetFor(guardsOf([mutant], checks), this.#catalogue));
    const groups: { target: BundledName; group: Check[] }[] = [];
    for (const [target, judged] of stages) {
      if ((await lacking(target)) !== undefined) continue;
      const profiles = Map.groupBy(guardsOf(judged, checks), (check) => this.#profileOf(check));
      for (const group of profiles.values()) groups.push({ target, group });
    }
    return groups;
  }

  #profileOf(check: Check): Profile {
    return this.#catalogue.byId(check.requirement).profile;
  }

  /** On as few parts as will do, and once more on all when a check cannot be observed on those. */
  async #run(options: RunOptions): Promise<readonly CheckResult[]> {
    // What a pair of masters has to show is seen from outside, through the gateway.
    if (options.target === 'ha') return this.#runOn(PARTS, options);
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
    { target, mutant, checks, threads }: RunOptions,
  ): Promise<readonly CheckResult[]> {
    const report = await this.#pool.run(
      {
        target,
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

/** Checks that name one of the mutants. */
function guardsOf(mutants: readonly Mutant[], checks: readonly Check[]): Check[] {
  return checks.filter((check) => mutants.some(({ id }) => check.mutants.includes(id)));
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
