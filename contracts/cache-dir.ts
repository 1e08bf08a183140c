import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Folder for what can be made again: `K3S_DAAS_CACHE_DIR`, or `k3s-daas` in the user's cache folder. It may not exist,
 * and deleting it costs time alone.
 */
export function cacheDir(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return env['K3S_DAAS_CACHE_DIR'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'k3s-daas');
}
