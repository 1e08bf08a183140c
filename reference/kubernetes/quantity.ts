/**
 * Kubernetes resource quantities (`100m`, `1Gi`, `2e3`), exact: a count of nano-units as a bigint,
 * rounded up where the text is finer than that.
 */
const SYNTAX =
  /^(?<sign>[+-]?)(?<whole>\d*)(?:\.(?<fraction>\d*))?(?<suffix>[numkMGTPE]|[KMGTPE]i|[eE][+-]?\d{1,3})?$/u;
const BINARY: Record<string, bigint> = { Ki: 1n, Mi: 2n, Gi: 3n, Ti: 4n, Pi: 5n, Ei: 6n };
const DECIMAL: Record<string, number> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const NANO = 1_000_000_000n;

/** Nano-units, or undefined when `text` is no quantity. */
export function parseQuantity(text: string): bigint | undefined {
  const groups = SYNTAX.exec(text)?.groups;
  if (groups === undefined || text.length > 64) return undefined;
  const whole = groups['whole'] ?? '';
  const fraction = groups['fraction'] ?? '';
  if (whole === '' && fraction === '') return undefined;
  const suffix = groups['suffix'] ?? '';
  let numerator = BigInt(whole + fraction);
  let denominator = 10n ** BigInt(fraction.length);
  const binary = BINARY[suffix];
  if (binary === undefined) {
    const exponent = DECIMAL[suffix] ?? Number(suffix.slice(1));
    if (exponent >= 0) numerator *= 10n ** BigInt(exponent);
    else denominator *= 10n ** BigInt(-exponent);
  } else {
    numerator *= 1024n ** binary;
  }
  const magnitude = (numerator * NANO + denominator - 1n) / denominator;
  return groups['sign'] === '-' ? -magnitude : magnitude;
}

/** Nano-units of a quantity that has been validated; 0 for an absent or unreadable one. */
export function quantityOf(text: string | number | undefined): bigint {
  return text === undefined ? 0n : (parseQuantity(String(text)) ?? 0n);
}

/** The shortest decimal text of nano-units: whole numbers, else milli, micro or nano. */
export function formatQuantity(nano: bigint): string {
  for (const [suffix, unit] of [
    ['', NANO],
    ['m', 1_000_000n],
    ['u', 1000n],
  ] as const) {
    if (nano % unit === 0n) return `${nano / unit}${suffix}`;
  }
  return `${nano}n`;
}
