import { join } from 'node:path';
import { TargetProcess } from '../target/process.ts';

/** A server of somebody else's that a test starts: `name` names its log within `dir`. */
export interface ServerOptions {
  name: string;
  command: string;
  dir: string;
  flags: Record<string, string>;
  /** Arguments without a value. */
  switches?: readonly string[];
}

/** Starts it with `--flag=value` for each flag. */
export function startServer({
  name,
  command,
  dir,
  flags,
  switches = [],
}: ServerOptions): Promise<TargetProcess> {
  const args = [...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`), ...switches];
  const env = { PATH: process.env['PATH'] ?? '', HOME: dir };
  return TargetProcess.start({ name, command, args, cwd: dir, env, logFile: join(dir, `${name}.log`) });
}

/** What every API server is told: its etcd, its port on 127.0.0.1, and the certificates in `dir`. */
export function apiserverFlags(dir: string, port: number, etcd: string): Record<string, string> {
  return {
    'etcd-servers': etcd,
    'bind-address': '127.0.0.1',
    'secure-port': String(port),
    'tls-cert-file': join(dir, 'tls.crt'),
    'tls-private-key-file': join(dir, 'tls.key'),
    'client-ca-file': join(dir, 'ca.crt'),
  };
}

/** A lone etcd with its data under `dir`, which forgets all when the machine fails. `more`: flags of this version. */
export function startEtcd(
  command: string,
  dir: string,
  [clients, peers]: readonly [number, number],
  more: Record<string, string> = {},
): Promise<TargetProcess> {
  const [client, peer] = [`http://127.0.0.1:${clients}`, `http://127.0.0.1:${peers}`];
  const flags = {
    'data-dir': join(dir, 'etcd'),
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `default=${peer}`,
    ...more,
  };
  return startServer({ name: 'etcd', command, dir, flags, switches: ['--unsafe-no-fsync'] });
}
