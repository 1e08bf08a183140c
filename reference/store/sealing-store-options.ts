import type { Clock } from '../protocol/clock.ts';
import type { HistoryLimits } from './history.ts';
import type { SealingProvider } from './keyring.ts';
import type { Journal } from './memory-store.ts';
import type { DataKeys, SealCipher } from './seal-cipher.ts';
import type { StoreLimits, StorePolicy } from './store-policy.ts';

/** What every store that seals what it keeps is told, wherever it keeps it. */
export interface SealingStoreOptions {
  sealing: SealingProvider;
  clock?: Clock;
  randomBytes?: (size: number) => Uint8Array;
  limits?: Partial<StoreLimits>;
  history?: Partial<HistoryLimits>;
  policy?: StorePolicy;
  /** Age at which the active key is replaced; default 86,400. 0: on demand only. */
  keyRotationSeconds?: number;
  /** Milliseconds between two looks at what is due; default 1000. 0: only when `maintain` is called. */
  maintenanceIntervalMs?: number;
  /** Makes the cipher; default AES-256-GCM. */
  cipher?: (keys: DataKeys, randomBytes: (size: number) => Uint8Array) => SealCipher;
  /** Stands between the store and its log. */
  journal?: (log: Journal) => Journal;
  /** Told when maintenance in the background fails. */
  onError?: (error: unknown) => void;
}
