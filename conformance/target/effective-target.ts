import { loadBundled } from './bundled.ts';
import {
  DEFAULT_TIMINGS,
  type PartConfig,
  type ServerConfig,
  type TargetFile,
  type Timings,
  type WorkerConfig,
} from './types.ts';

/** A target file with everything filled in that it leaves to the bundled reference or to the protocol's defaults. */
export interface EffectiveTarget {
  gateway: ServerConfig | undefined;
  master: ServerConfig | undefined;
  standby: ServerConfig | undefined;
  worker: WorkerConfig | undefined;
  store: PartConfig | undefined;
  timings: Timings;
  /** PCR0-2 that the enclave is expected to have, in hex. */
  pcrs: readonly [string, string, string];
  /** Template of the path of the attestation root. */
  attestationRoot: string | undefined;
}

const UNMEASURED = '0'.repeat(96);

export async function effectiveTarget(file: TargetFile): Promise<EffectiveTarget> {
  const { file: bundled } = await loadBundled();
  const usesBundled = [file.gateway, file.master, file.worker].includes('bundled');
  const attestation = { ...(file.master === 'bundled' ? bundled.attestation : {}), ...file.attestation };
  return {
    gateway: file.gateway === 'bundled' ? (bundled.gateway as ServerConfig) : file.gateway,
    master: file.master === 'bundled' ? (bundled.master as ServerConfig) : file.master,
    standby: file.standby,
    worker: file.worker === 'bundled' ? (bundled.worker as WorkerConfig) : file.worker,
    store: file.store,
    timings: { ...DEFAULT_TIMINGS, ...(usesBundled ? bundled.timings : {}), ...file.timings },
    pcrs: attestation.pcrs ?? [UNMEASURED, UNMEASURED, UNMEASURED],
    attestationRoot: attestation.root,
  };
}
