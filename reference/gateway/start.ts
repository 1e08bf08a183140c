import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  ChainClient,
  Commands,
  connectChain,
  EventStream,
  openWallet,
  TokenCache,
  TransactionSubmitter,
} from '../chain/index.ts';
import type { Mutant } from '../mutants/types.ts';
import { mutate } from '../mutants/index.ts';
import { systemClock } from '../protocol/clock.ts';
import { createLogger } from '../protocol/logger.ts';
import { MemoryNonceStore } from '../protocol/memory-nonce-store.ts';
import { VERIFICATION_STEPS } from '../protocol/verification-steps.ts';
import { ensureServerCertificate, readClientCertificate } from '../tls/index.ts';
import type { GatewayConfig } from './config.ts';
import { DEFAULT_SEAMS } from './default-seams.ts';
import { createGateway } from './gateway.ts';
import type { Gateway } from './gateway.ts';
import { kubeconfig } from './kubeconfig.ts';

/** Connects everything a configuration names and starts the gateway. Resolves when it listens. */
export async function startGateway(
  given: GatewayConfig,
  mutant?: Mutant,
): Promise<Gateway & { url: string }> {
  const seams = mutate(DEFAULT_SEAMS, mutant?.gateway?.bind(mutant));
  const config = seams.config(given);
  await mkdir(config.data_dir, { recursive: true, mode: 0o700 });
  const log = createLogger({ name: 'gateway', ...withoutUndefined(config.log) });
  const clock = systemClock;
  const signer = await openWallet(config.wallet);
  const tls = await ensureServerCertificate(config.data_dir, hostsOf(config));
  const client = connectChain(config.chain.url);
  const reader = new ChainClient(client, config.chain);
  const submitter = new TransactionSubmitter({
    client,
    signer,
    package: config.chain.package,
    transaction: seams.transaction,
  });
  const { sessions } = config.limits;
  const cache = new TokenCache({
    reader,
    clock,
    ttlSeconds: config.timings.cache_ttl_seconds,
    capacity: sessions,
    deadlineMs: Math.min(1_500, config.timings.request_deadline_ms * 0.75),
  });
  const gateway = await createGateway({
    config,
    tls,
    masterCa: await readFile(config.master.ca, 'utf8'),
    clientCertificate: readClientCertificate(config.master.client_certificate),
    attestationRoot: await readFile(attestationRootOf(config), 'utf8'),
    clock,
    randomBytes,
    reader,
    commands: new Commands(submitter, config.chain),
    events: new EventStream({
      client,
      package: config.chain.package,
      onTrouble: (error) => log.warn({ err: error }, 'event stream'),
    }),
    cache,
    signer,
    credential: mutate(
      {
        steps: VERIFICATION_STEPS,
        tokens: cache,
        nonces: new MemoryNonceStore({ clock, capacity: sessions }),
        reader,
      },
      mutant?.credential?.bind(mutant),
    ),
    seams,
    log,
  });
  if (mutant !== undefined) log.warn({ mutant: mutant.id }, 'this gateway has a defect on purpose');
  const url = config.public_url ?? `https://${urlHost(config.listen.host)}:${gateway.port}`;
  await writeKubeconfig(config, url, tls.ca);
  return { ...gateway, url };
}

/** Beside the master's CA, where the bundled master leaves it, unless the configuration says otherwise. */
function attestationRootOf(config: GatewayConfig): string {
  return config.attestation_root ?? join(dirname(config.master.ca), 'attestation-root.crt');
}

function hostsOf(config: GatewayConfig): string[] {
  const { hostname } = new URL(config.public_url ?? 'https://localhost');
  const listens = ['0.0.0.0', '::'].includes(config.listen.host) ? [] : [config.listen.host];
  return [...new Set([hostname.replace(/^\[|\]$/g, ''), ...listens, 'localhost', '127.0.0.1'])];
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

/** Wallet and token come from the plugin's environment, so that one file serves everybody. */
async function writeKubeconfig(config: GatewayConfig, server: string, ca: string): Promise<void> {
  const path = join(config.data_dir, 'kubeconfig');
  const plugin = join(
    import.meta.dirname,
    `credential-plugin.${import.meta.filename.endsWith('.ts') ? 'ts' : 'js'}`,
  );
  const text = kubeconfig({
    server,
    ca,
    command: process.execPath,
    args: [
      plugin,
      '--cluster',
      config.chain.cluster,
      ...(config.features.one_shot_kubectl ? ['--one-shot'] : []),
    ],
  });
  if (existsSync(path) && (await readFile(path, 'utf8')) === text) return;
  await writeFile(path, text, { mode: 0o600 });
}

function withoutUndefined(log: GatewayConfig['log']): { level: string; file?: string } {
  return log.file === undefined ? { level: log.level } : { level: log.level, file: log.file };
}
