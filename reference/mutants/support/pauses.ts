/** Pauses of which each is longer than those before it, milliseconds. */
export function everLonger(): (ms: number) => number {
  let kept = 0;
  return (ms) => (kept = kept * 1.05 + ms / 4);
}
