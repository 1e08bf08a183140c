import type { Arbitrary } from 'fast-check';

/** Which of several candidates still fail; asked for many at once, as one compilation serves them all. */
export type Failing<T> = (candidates: readonly T[]) => Promise<readonly boolean[]>;

/**
 * The shortest failing part of a list that fails. Each round tries to do without every single item, and then without all
 * those at once that were not needed, which is most often right.
 */
export async function shrinkList<T>(
  list: readonly T[],
  failing: Failing<readonly T[]>,
  rounds: number,
): Promise<readonly T[]> {
  let smallest = list;
  for (let round = 0; round < rounds && smallest.length > 1; round++) {
    const without = smallest.map((_, at) => smallest.toSpliced(at, 1));
    const fails = await failing(without);
    const needed = smallest.filter((_, at) => !fails[at]);
    if (needed.length === smallest.length) return smallest;
    const single = without[fails.indexOf(true)] as readonly T[];
    const half = smallest.filter((_, at) => !fails[at] || at < smallest.length / 2);
    const candidates = [needed, half].filter((candidate) => candidate.length > 0);
    const together = await failing(candidates);
    smallest = candidates.find((_, index) => together[index]) ?? single;
  }
  return smallest;
}

/** The smallest failing case that an arbitrary finds from one that fails. `width` candidates a round are tried. */
export async function shrinkValue<T>(
  arbitrary: Arbitrary<T>,
  from: T,
  failing: Failing<T>,
  { rounds, width }: { readonly rounds: number; readonly width: number },
): Promise<T> {
  let smallest = from;
  for (let round = 0; round < rounds; round++) {
    const candidates: T[] = [];
    for (const { value } of arbitrary.shrink(smallest, undefined)) {
      candidates.push(value);
      if (candidates.length >= width) break;
    }
    if (candidates.length === 0) break;
    const fails = await failing(candidates);
    const next = candidates.find((_, index) => fails[index]);
    if (next === undefined) break;
    smallest = next;
  }
  return smallest;
}
