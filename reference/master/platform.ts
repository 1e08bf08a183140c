import { randomBytes } from 'node:crypto';
import { openTee } from '../attestation/open-tee.ts';
import type { Tee } from '../attestation/tee.ts';
import type { Clock } from '../protocol/clock.ts';
import type { Logger } from '../protocol/logger.ts';
import type { ServerCertificate } from '../tls/index.ts';
import { ensureServerCertificate, readClientCa } from '../tls/index.ts';
import type { MasterConfig } from './config.ts';
import type { Environment, KubernetesHandle, MasterSeams } from './seams.ts';
import type { SharedEtcd } from './stores.ts';

export interface PlatformOptions {
  config: MasterConfig;
  clock: Clock;
  environment: Environment;
  seams: MasterSeams;
  log: Logger;
  /** Ends the wait of a standby. */
  signal: AbortSignal;
}

/** What a master stands on before it opens its stores. */
export interface Platform {
  tee: Tee;
  tls: ServerCertificate & { clientCa: string | undefined };
  /** Undefined for a master without others. */
  lead: Lead | undefined;
}

/** The lead among masters that share an etcd. */
export interface Lead extends AsyncDisposable {
  etcd: SharedEtcd;
  /** Aborts when this master must not lead any longer. */
  lost: AbortSignal;
  /** Answers nothing once another one leads. */
  guard: (handle: KubernetesHandle) => KubernetesHandle;
}

/** Opens the TEE and the certificates, which replicas share, and waits for the lead where there are several. */
export async function openPlatform(options: PlatformOptions): Promise<Platform> {
  const { config, clock, environment, seams, log, signal } = options;
  const directory = config.shared_dir ?? config.data_dir;
  // Loaded where it is wanted, as an HTTP client takes much memory.
  const replicas = config.etcd && (await import('./replicas.ts'));
  const replica =
    config.etcd &&
    replicas &&
    new replicas.Replica({ ...config.etcd, lease_seconds: seams.leaseSeconds }, log);
  const once = <T>(work: () => Promise<T>): Promise<T> => (replica ? replica.alone(work, signal) : work());
  const tee = await once(() =>
    openTee({
      config: config.tee,
      directory,
      clock,
      randomBytes,
      environment: seams.teeEnvironment(environment),
    }),
  );
  const own = await once(() => ensureServerCertificate(directory, hostsOf(config), () => clock.nowMs()));
  const tls = { ...own, clientCa: readClientCa(config.client_ca) };
  if (!replicas || !replica) return { tee, tls, lead: undefined };
  const standby = seams.standby(replicas.standbyAnswer(clock));
  const leadership = await replica.untilLeading(config.listen, tls, standby, signal);
  const lead: Lead = {
    etcd: { client: replica.client, prefix: replica.prefix, leadership },
    lost: leadership.signal,
    guard: (handle) => replicas.whileLeading(leadership, handle),
    [Symbol.asyncDispose]: async () => {
      await leadership.release();
      await replica[Symbol.asyncDispose]();
    },
  };
  return { tee, tls, lead };
}

function hostsOf({ public_url }: MasterConfig): string[] {
  const publicHost = new URL(public_url).hostname.replaceAll(/[[\]]/g, '');
  return [...new Set([publicHost, 'localhost', '127.0.0.1'])];
}
