/** Random numbers that a seed repeats. */
export interface Random {
  /** From 0 to 1, 1 excluded. */
  next(): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  pick<T>(list: readonly T[]): T;
  /** A copy in another order. */
  shuffled<T>(list: readonly T[]): T[];
  /** A generator of its own: what is drawn from one does not change what another gives. */
  fork(label: string): Random;
}

/** Marsaglia's xorshift on 32 bits after a hash of the seed: plenty for choosing what to do next. */
export function seededRandom(seed: number, label = ''): Random {
  let state = hash(`${seed}/${label}`);
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    between,
    pick: (list) => {
      if (list.length === 0) throw new RangeError('nothing to pick from');
      return list[between(0, list.length - 1)]!;
    },
    shuffled: (list) => {
      const copy = [...list];
      for (let index = copy.length - 1; index > 0; index -= 1) {
        const other = between(0, index);
        [copy[index], copy[other]] = [copy[other]!, copy[index]!];
      }
      return copy;
    },
    fork: (more) => seededRandom(seed, `${label}/${more}`),
  };
}

/** FNV-1a, never 0, where xorshift would stay. */
function hash(text: string): number {
  let value = 0x81_1c_9d_c5;
  for (const character of text) value = Math.imul(value ^ character.codePointAt(0)!, 0x01_00_01_93);
  return value === 0 ? 1 : value;
}
