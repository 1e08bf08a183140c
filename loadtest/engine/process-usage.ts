import { readdir, readFile, readlink } from 'node:fs/promises';

/** What a process holds and has used, as Linux tells. */
export interface Usage {
  /** Seconds of processor time since it started, in steps of 10 ms. */
  cpuSeconds: number;
  residentMb: number;
  /** Open sockets. */
  sockets: number;
}

/** Clock ticks a second in /proc, on every Linux that Node runs on. */
const TICKS = 100;

/** Undefined where the system does not say, or the process has ended. */
export async function usageOf(pid: number): Promise<Usage | undefined> {
  try {
    const [stat, status] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/status`, 'utf8'),
    ]);
    // The name in parentheses may contain blanks; what is counted from behind it does not.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS,
      residentMb: Math.round(Number(kilobytes ?? 0) / 102.4) / 10,
      sockets: await socketsOf(pid),
    };
  } catch {
    return undefined;
  }
}

async function socketsOf(pid: number): Promise<number> {
  const files = await readdir(`/proc/${pid}/fd`);
  const links = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')));
  return links.filter((link) => link.startsWith('socket:')).length;
}
