import type { SealToken } from '../../chain/types.ts';
import type { Logger } from '../../protocol/logger.ts';
import type { NautilusInfo, ReadNautilusInfo } from '../nautilus-info.ts';
import { TryAgainError } from '../retry.ts';
import { EXIT, WorkerExit } from '../worker-exit.ts';

export interface EndpointDeps {
  nautilusInfo: ReadNautilusInfo;
  /** What the configuration says; it must agree with the chain. */
  configuredUrl: string;
  /** Id of the endpoint that the configuration names, if it names one. */
  configuredEndpoint: string | undefined;
  log: Logger;
}

/** The master that the chain assigns to the token. Rejects with WorkerExit when the configuration names another. */
export async function findEndpoint(
  token: SealToken,
  deps: EndpointDeps,
  signal: AbortSignal,
): Promise<NautilusInfo> {
  const { nautilusInfo, configuredUrl, configuredEndpoint, log } = deps;
  const endpoint = token.nautilusEndpoint;
  if (configuredEndpoint !== undefined && configuredEndpoint !== endpoint) {
    throw new WorkerExit(
      EXIT.failed,
      `endpoint: the token is assigned to ${endpoint}, not to ${configuredEndpoint}`,
    );
  }
  const question = { token: token.id, stakeRecord: token.stakeRecord, endpoint };
  const info = await nautilusInfo(question, signal);
  if (!sameOrigin(info.url, configuredUrl)) {
    throw new WorkerExit(
      EXIT.failed,
      `endpoint: nautilus_endpoint ${configuredUrl} is not the master on chain, ${info.url}`,
    );
  }
  if (!info.url.startsWith('https://')) {
    throw new WorkerExit(
      EXIT.failed,
      `endpoint: ${info.url} is not HTTPS, and credentials go over nothing else`,
    );
  }
  if (!info.active) throw new TryAgainError('the endpoint is not active');
  if (info.publicKey.length !== 32) throw new TryAgainError('the master has not registered its key yet');
  log.info(
    { step: 'endpoint', url: info.url, key_version: String(info.keyVersion) },
    'master found on chain',
  );
  return info;
}

function sameOrigin(left: string, right: string): boolean {
  try {
    return new URL(left).origin === new URL(right).origin;
  } catch {
    return false;
  }
}
