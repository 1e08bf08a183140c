import type { Observed, Operation } from './operation.ts';
import type { Random } from './random.ts';

/** Objects in use at the same time, and operations after which one is left for another: so no history grows without end. */
const AT_ONCE = 5;
const OPERATIONS_EACH = 60;

/** The objects that all clients work on, and the newest version that any of them was told of. */
export class Objects {
  readonly #uses: { name: string; left: number }[] = [];
  readonly #known = new Map<string, Observed>();
  readonly #run: string;
  readonly names: string[] = [];

  constructor(run: string) {
    this.#run = run;
    for (let count = 0; count < AT_ONCE; count += 1) this.#uses.push(this.#fresh());
  }

  /** Some object of those in use. */
  pick(random: Random): string {
    const index = random.between(0, this.#uses.length - 1);
    const use = this.#uses[index]!;
    use.left -= 1;
    if (use.left <= 0) this.#uses[index] = this.#fresh();
    return use.name;
  }

  known(name: string): Observed | undefined {
    return this.#known.get(name);
  }

  learn(operation: Operation): void {
    const { kind, object, observed, refusal } = operation;
    if (kind === 'append') return;
    if (observed) this.#known.set(object, observed);
    else if (refusal === 'absent' || (kind === 'delete' && operation.outcome === 'ok'))
      this.#known.delete(object);
  }

  #fresh(): { name: string; left: number } {
    const name = `faults-${this.#run}-${this.names.length}`;
    this.names.push(name);
    return { name, left: OPERATIONS_EACH };
  }
}
