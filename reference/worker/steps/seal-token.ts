import { ChainAbortError } from '../../chain/errors.ts';
import type { ChainCommands, ChainReader, SealToken } from '../../chain/types.ts';
import type { Clock } from '../../protocol/clock.ts';
import type { Logger } from '../../protocol/logger.ts';
import { TryAgainError } from '../retry.ts';

export interface SealTokenDeps {
  reader: Pick<ChainReader, 'sealToken' | 'sealTokenOf'>;
  commands: Pick<ChainCommands, 'createSealToken' | 'revokeSealToken'>;
  clock: Clock;
  log: Logger;
}

/** Share of its life before the end at which a token is replaced, and the bound on that, seconds. */
const RENEW_SHARE = 0.1;
const RENEW_AT_MOST = 3_600;

/** Unix seconds from which a token should be replaced. */
export function renewalTime(token: Pick<SealToken, 'issuedAt' | 'expiresAt'>): number {
  const life = token.expiresAt - token.issuedAt;
  return token.expiresAt - Math.min(RENEW_AT_MOST, life * RENEW_SHARE);
}

/** The stake's live seal token: the present one while it is good for some time, else a new one in its place. */
export async function ensureSealToken(
  stakeRecord: string,
  deps: SealTokenDeps,
  signal: AbortSignal,
): Promise<SealToken> {
  const { reader, commands, clock, log } = deps;
  const known = await reader.sealTokenOf(stakeRecord, { signal });
  const present = known === undefined ? undefined : await reader.sealToken(known, { signal });
  const now = clock.nowMs() / 1000;
  if (present !== undefined && !present.revoked && now < present.expiresAt) {
    if (now < renewalTime(present)) {
      log.info(
        { step: 'seal-token', token: present.id, expires_at: present.expiresAt, new: false },
        'seal token is there',
      );
      return present;
    }
    // The contract allows one live token a stake: the old one has to go first.
    await commands.revokeSealToken({ token: present.id }, { signal });
  }
  const created = await commands.createSealToken({ type: 'node', stakeRecord }, { signal }).catch(onRace);
  const token = await reader.sealToken(created.token, { signal });
  log.info(
    { step: 'seal-token', token: token.id, tx: created.digest, expires_at: token.expiresAt, new: true },
    'seal token issued',
  );
  return token;
}

/** An earlier call whose outcome was unknown did take effect: the next look finds its token. */
function onRace(error: unknown): never {
  if (error instanceof ChainAbortError && error.abort.name === 'ETokenExists') {
    throw new TryAgainError('there is a live seal token already');
  }
  throw error;
}
