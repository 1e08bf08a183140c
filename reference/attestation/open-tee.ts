import { readFile } from 'node:fs/promises';
import type { Clock } from '../protocol/clock.ts';
import type { RandomBytes } from './attestation-authority.ts';
import { helperNsmClient, openNitroTee } from './nitro-tee.ts';
import { openSimulatedTee } from './simulated-tee.ts';
import { TeeUnavailableError, type Tee } from './tee.ts';

/** The `tee` block of the master's configuration. */
export interface TeeConfig {
  mode: 'simulated' | 'nitro';
  /** PCR0 to PCR2 as 96 hex digits each; for mode simulated. */
  pcrs?: readonly string[] | undefined;
}

export interface OpenTeeOptions {
  config: TeeConfig;
  directory: string;
  clock: Clock;
  randomBytes: RandomBytes;
  /** The process's environment; TEE_MODE, NITRO_ROOT_CERTIFICATE and NSM_HELPER are looked at. */
  environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Opens the trusted environment that the configuration names. With TEE_MODE=production anything but a
 * real one is refused. Rejects with TeeUnavailableError.
 */
export async function openTee(options: OpenTeeOptions): Promise<Tee> {
  const { config, directory, clock, randomBytes, environment } = options;
  const wanted = environment['TEE_MODE'] ?? '';
  requireKnownMode(wanted);
  if (wanted === 'production' && config.mode !== 'nitro') {
    throw new TeeUnavailableError(`TEE_MODE=production, but tee.mode is "${config.mode}": refusing to start`);
  }
  if (config.mode === 'simulated') {
    const pcrs = config.pcrs?.map(pcrFromHex);
    return openSimulatedTee({ directory, clock, randomBytes, ...(pcrs ? { pcrs } : {}) });
  }
  const rootFile = environment['NITRO_ROOT_CERTIFICATE'] ?? '/etc/k3s-daas/nitro-root.pem';
  return openNitroTee({
    rootCertificate: () => readRoot(rootFile),
    nsm: helperNsmClient(environment['NSM_HELPER'] ?? '/usr/local/bin/nsm-helper'),
  });
}

/** A misspelt TEE_MODE must not quietly mean "anything goes". */
function requireKnownMode(wanted: string): void {
  if (!['', 'simulated', 'development', 'production'].includes(wanted)) {
    throw new TeeUnavailableError(`TEE_MODE is simulated, development or production, not "${wanted}"`);
  }
}

function pcrFromHex(text: string, index: number): Uint8Array {
  if (!/^[0-9a-f]{96}$/i.test(text)) throw new TeeUnavailableError(`tee.pcrs[${index}] is not 96 hex digits`);
  return Buffer.from(text, 'hex');
}

async function readRoot(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new TeeUnavailableError(`the Nitro root certificate cannot be read from ${file}`, { cause });
  }
}
