/** Several measurements of one thing. */
export interface Spread {
  median: number;
  lowest: number;
  highest: number;
  rounds: number[];
}

export function spreadOf(rounds: readonly number[]): Spread {
  const ordered = rounds.toSorted((one, other) => one - other);
  const middle = ordered.length >> 1;
  const median = ordered.length % 2 === 1 ? ordered[middle]! : (ordered[middle - 1]! + ordered[middle]!) / 2;
  return {
    median: short(median),
    lowest: short(ordered[0]!),
    highest: short(ordered.at(-1)!),
    rounds: rounds.map(short),
  };
}

/** What both sides of a comparison measured, and their ratio: that of each round, as both had the same weather then. */
export interface Comparison {
  reference: Spread;
  peer: Spread;
  /** Of the reference to the peer. */
  ratio: Spread;
}

export function compare(reference: readonly number[], peer: readonly number[]): Comparison {
  if (reference.length !== peer.length || peer.length === 0)
    throw new Error(`${reference.length} rounds of the reference, ${peer.length} of the peer`);
  return {
    reference: spreadOf(reference),
    peer: spreadOf(peer),
    ratio: spreadOf(reference.map((value, round) => value / peer[round]!)),
  };
}

/**
 * Measures two sides in turns, the first of each round changing, so that neither always has the warmer machine. A round
 * before the first is thrown away.
 */
export async function interleave<T>(
  rounds: number,
  reference: () => Promise<T>,
  peer: () => Promise<T>,
): Promise<{ reference: T[]; peer: T[] }> {
  const results: { reference: T[]; peer: T[] } = { reference: [], peer: [] };
  await reference();
  await peer();
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? (['reference', 'peer'] as const) : (['peer', 'reference'] as const);
    for (const side of order) results[side].push(await (side === 'reference' ? reference() : peer()));
  }
  return results;
}

function short(value: number): number {
  return Number(value.toPrecision(4));
}
