/** What pairs of measurements say about a difference between their two sides. */
export interface PairedDifference {
  /** Pairs that differ at all. */
  pairs: number;
  /** Wilcoxon's signed-rank statistic, standardised: beyond ±4.9 by chance once in a million times. */
  z: number;
  /** The shift that is seen with a power of 99 % at that level, were these differences normal but for outliers. */
  detectable: number;
}

/** Two-sided level of one in a million. */
export const ONE_IN_A_MILLION = 4.892;
/** Quantile for a power of 99 %. */
const POWER = 2.326;
/** Efficiency of the signed-rank test relative to the t-test for normal differences. */
const EFFICIENCY = 0.955;
/** Scales the median absolute deviation to a normal distribution's standard deviation. */
const MAD = 1.4826;

/**
 * Wilcoxon's signed-rank test on differences of pairs. It takes nothing for granted of the noise but that it treats
 * both sides alike, and single outliers, however large, count no more than their rank.
 */
export function signedRank(differences: readonly number[]): PairedDifference {
  const real = differences.filter((one) => one !== 0).toSorted((a, b) => Math.abs(a) - Math.abs(b));
  const n = real.length;
  if (n === 0) return { pairs: 0, z: 0, detectable: Number.POSITIVE_INFINITY };
  let positive = 0;
  let ties = 0;
  for (let from = 0; from < n;) {
    let to = from;
    while (to < n && Math.abs(real[to]!) === Math.abs(real[from]!)) to += 1;
    const rank = (from + 1 + to) / 2;
    positive += rank * real.slice(from, to).filter((one) => one > 0).length;
    ties += ((to - from) ** 3 - (to - from)) / 48;
    from = to;
  }
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - ties;
  const centre = median(differences);
  const spread = MAD * median(differences.map((one) => Math.abs(one - centre)));
  return {
    pairs: n,
    z: (positive - (n * (n + 1)) / 4) / Math.sqrt(variance),
    detectable: ((ONE_IN_A_MILLION + POWER) * spread) / Math.sqrt(EFFICIENCY * n),
  };
}

/** How far the sides of the pairs lie apart: the median of the averages of any two differences (Hodges and Lehmann). */
export function shiftOf(differences: readonly number[]): number {
  return median(
    differences.flatMap((one, index) => differences.slice(index).map((other) => (one + other) / 2)),
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
