const LOOK_MS = 100;

/** Tells, for so long after it, that this process stood still for more than a second. */
export function standstill(forMs: number): () => boolean {
  let last = performance.now();
  let until = 0;
  const look = (): void => {
    const now = performance.now();
    if (now - last > 1_000) until = now + forMs;
    last = now;
  };
  setInterval(look, LOOK_MS).unref();
  return () => {
    look();
    return performance.now() < until;
  };
}
