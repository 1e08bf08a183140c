import { statfsSync } from 'node:fs';
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import type { AgentUsage } from './types.ts';

/** What this machine has in use; the disk is the one that holds `path`. */
export function machineUsage(path: string): AgentUsage {
  return {
    cpu: Math.min(1, (loadavg()[0] ?? 0) / availableParallelism()),
    memory: 1 - freemem() / totalmem(),
    disk: diskUsage(path),
  };
}

function diskUsage(path: string): number {
  try {
    const { blocks, bavail } = statfsSync(path);
    return blocks === 0 ? 0 : 1 - bavail / blocks;
  } catch {
    return 0;
  }
}
