import { sha256 } from '../../protocol/digest.ts';
import type { Clock } from '../../protocol/clock.ts';
import type { Logger } from '../../protocol/logger.ts';
import { verifyJoin } from '../../protocol/response-signature.ts';
import type { JoinData } from '../../protocol/wire-responses.ts';
import { parseRegistrationAnswer, reasonOfApiError } from '../../protocol/wire-responses.ts';
import type { JoinInfo } from '../agent/types.ts';
import type { MasterClient } from '../master-client.ts';
import type { NautilusInfo } from '../nautilus-info.ts';
import { TryAgainError } from '../retry.ts';
import { EXIT, WorkerExit } from '../worker-exit.ts';

export interface RegisterDeps {
  master: Pick<MasterClient, 'post'>;
  nodeId: string;
  clock: Clock;
  log: Logger;
  /** Whether join data must be signed with the key on chain. */
  checksJoin: boolean;
  /** Whether a refusal with this status is given up. */
  isFinalRefusal: (status: number) => boolean;
  /** Told that the master holds the stake to be inactive; rejects with WorkerExit when the chain agrees. */
  confirmStake: () => Promise<void>;
}

/** How old or early the signature over join data may be, seconds. */
const JOIN_WINDOW = 300;

/** Registers with the master. Rejects with WorkerExit when the refusal is final. */
export async function register(
  token: string,
  info: NautilusInfo,
  deps: RegisterDeps,
  signal: AbortSignal,
): Promise<JoinInfo> {
  const { master, nodeId, clock, log } = deps;
  const timestamp = Math.floor(clock.nowMs() / 1000);
  const body = JSON.stringify({ node_id: nodeId, seal_token: token, timestamp });
  const answer = await master.post('/api/v1/register-worker', token, body, signal);
  if (answer.status !== 200 && !deps.isFinalRefusal(answer.status)) {
    throw new TryAgainError(`register: the master answered ${answer.status}`, answer.retryAfter);
  }
  if (answer.status !== 200) {
    const reason = reasonOfApiError(answer.body) ?? 'no reason given';
    if (reason === 'StakeInactive') await deps.confirmStake();
    throw new WorkerExit(EXIT.failed, `register: refused with ${answer.status}: ${reason}`);
  }
  const parsed = parseRegistrationAnswer(answer.body);
  if (!parsed.ok || parsed.value.node_id !== nodeId) {
    throw new WorkerExit(EXIT.failed, 'register: the answer is not one to a registration of this node');
  }
  const { join } = parsed.value;
  if (join === undefined) throw new WorkerExit(EXIT.failed, 'register: the master gave no join data');
  if (deps.checksJoin) checkJoin(nodeId, join, info, clock.nowMs());
  log.info({ step: 'register', node_id: nodeId, server: join.server }, 'registered');
  return { server: join.server, token: join.token, ca: join.ca };
}

/** Throws WorkerExit for join data that the attested enclave did not sign. */
function checkJoin(nodeId: string, join: JoinData, info: NautilusInfo, nowMs: number): void {
  const { server, token, timestamp_ms: timestampMs, key_version: keyVersion, signature } = join;
  if (timestampMs === undefined || keyVersion === undefined || signature === undefined) {
    return refuse('is not signed');
  }
  if (keyVersion !== info.keyVersion) refuse('is signed with a key that was replaced');
  const statement = { nodeId, server, joinTokenDigest: sha256(token), keyVersion };
  if (!verifyJoin(info.publicKey, statement, timestampMs, signature)) refuse('has a wrong signature');
  if (Math.abs(nowMs - timestampMs) > JOIN_WINDOW * 1000) refuse('is not of the present time');
}

function refuse(why: string): never {
  throw new WorkerExit(EXIT.failed, `register: the join data ${why}`);
}
