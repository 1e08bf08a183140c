/** When each worker's heartbeats are due, milliseconds since the first second of the run. */
export interface Beat {
  worker: number;
  /** 0 for the first of this worker. */
  round: number;
  dueMs: number;
}

/**
 * All heartbeats of a run by time: each worker beats once an interval, and the workers are spread evenly over it, as a
 * fleet is that did not start all at once.
 */
export function beatSchedule(workers: number, intervalMs: number, durationMs: number): Beat[] {
  const beats: Beat[] = [];
  for (let worker = 0; worker < workers; worker += 1) {
    const offset = (worker * intervalMs) / workers;
    for (let round = 0; offset + round * intervalMs < durationMs; round += 1) {
      beats.push({ worker, round, dueMs: offset + round * intervalMs });
    }
  }
  return beats.toSorted((a, b) => a.dueMs - b.dueMs);
}
