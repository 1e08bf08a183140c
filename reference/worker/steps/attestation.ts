import type { AttestationStep } from '../../attestation/verify.ts';
import { verifyAttestation } from '../../attestation/verify.ts';
import { encodeBase64url } from '../../protocol/base64url.ts';
import type { Clock } from '../../protocol/clock.ts';
import type { Logger } from '../../protocol/logger.ts';
import { parseAttestationAnswer } from '../../protocol/wire-responses.ts';
import type { MasterClient } from '../master-client.ts';
import type { NautilusInfo } from '../nautilus-info.ts';
import { TryAgainError } from '../retry.ts';
import { EXIT, WorkerExit } from '../worker-exit.ts';

export interface AttestationDeps {
  master: Pick<MasterClient, 'get'>;
  /** The pinned root, PEM. */
  root: string;
  /** The checks, in order. */
  steps: readonly AttestationStep[];
  clock: Clock;
  randomBytes: (size: number) => Uint8Array;
  log: Logger;
}

/** Has the master prove what it is, over a fresh nonce. Rejects with WorkerExit when it does not. */
export async function verifyMaster(
  info: NautilusInfo,
  deps: AttestationDeps,
  signal: AbortSignal,
): Promise<void> {
  const nonce = deps.randomBytes(32);
  const answer = await deps.master.get(`/api/v1/attestation?nonce=${encodeBase64url(nonce)}`, signal);
  if (answer.status === 429 || answer.status >= 500) {
    throw new TryAgainError(`attestation: the master answered ${answer.status}`, answer.retryAfter);
  }
  const parsed = answer.status === 200 ? parseAttestationAnswer(answer.body) : undefined;
  if (!parsed?.ok) {
    throw new WorkerExit(EXIT.failed, `attestation: the master gave no document (${answer.status})`);
  }
  const policy = {
    root: deps.root,
    now: deps.clock.nowMs(),
    pcrs: info.expectedPcrs,
    nonce,
    publicKey: info.publicKey,
  };
  const verdict = verifyAttestation(parsed.value, policy, deps.steps);
  if (!verdict.ok) {
    throw new WorkerExit(EXIT.failed, `attestation: refused: ${verdict.reason}: ${verdict.message}`);
  }
  deps.log.info({ step: 'attestation', module_id: verdict.document.moduleId }, 'the master is attested');
}
