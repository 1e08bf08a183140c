import type { ChainConfig, ChainIds, Timings } from './types.ts';

/** All that a check needs to know of the target under test: plain data, handed to the processes that run checks. */
export interface WorldInfo {
  name: string;
  seed: number;
  strict: boolean;
  features: string[];
  timings: Timings;
  chain: { provider: ChainConfig['provider']; url: string; ids: ChainIds };
  gateway?: ServerInfo;
  /** `rotates`: the target file says how its store's key is replaced on demand. */
  master?: ServerInfo & { metricsUrl?: string; rotates?: boolean };
  /** A master that takes over from the other. */
  standby?: ServerInfo;
  worker: boolean;
  attestation: { pcrs: string[]; rootPem?: string };
  /** The suite's own gateway identity on the chain, for playing a gateway to the master under test. */
  suiteGateway?: { secretKey: string; cap: string };
  /** Where to ask for what only the run's owner may do: funding, slashing, restarting. */
  control: { url: string; token: string };
}

export interface ServerInfo {
  url: string;
  /** PEM. */
  ca?: string;
  /** What the suite presents to it, PEM, where it asks for a certificate. */
  client?: { cert: string; key: string };
  /** The suite can stop and start it. */
  startable: boolean;
  /** Placeholders that its files, command and environment use: what another start may vary. */
  placeholders: string[];
}
