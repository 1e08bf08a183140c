import type { Mutant } from '../types.ts';

/** GET /health tells version, uptime and memory. */
export const mutant: Mutant = {
  id: 'health-tells-more',
  defects: ['D21'],
  title: 'GET /health tells version, uptime and memory',
  part: 'master',
  master: (seams) => ({
    ...seams,
    health: (nowMs) => ({
      ...seams.health(nowMs),
      version: '1.0.0',
      uptime_seconds: Math.floor(process.uptime()),
      memory_bytes: process.memoryUsage().rss,
    }),
  }),
};
