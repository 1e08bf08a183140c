import type { CredentialSigner } from '../drivers/native-signer.ts';
import { mintOneShot, type MintOptions } from '../drivers/credential.ts';
import { heartbeat } from './master-api.ts';

export const HEARTBEAT = '/api/v1/heartbeat';

/** What every copy of a used one-shot credential must be answered. */
export const REPLAY = { status: 401, reason: 'ReplayDetected' } as const;

/** A heartbeat that can be sent again, byte for byte. */
export interface Prepared {
  credential: string;
  body: string;
}

/** Who sends it. */
export interface Sender {
  signer: CredentialSigner;
  token: string;
  nodeId: string;
}

/** A heartbeat of this worker with a credential of its own, not sent yet; `audience` is the cluster's id. */
export async function prepareHeartbeatOf(
  worker: Sender,
  audience: string,
  change: { mint?: Partial<MintOptions>; body?: Record<string, unknown> } = {},
): Promise<Prepared> {
  const body = JSON.stringify(heartbeat(worker, change.body));
  const credential = await mintOneShot(
    worker.signer,
    { token: worker.token, audience, ...change.mint },
    { method: 'POST', target: HEARTBEAT, body },
  );
  return { credential, body };
}

/** Headers that a prepared heartbeat is sent with. */
export function headersOf(prepared: Prepared): Record<string, string> {
  return { 'x-seal-token': prepared.credential, 'content-type': 'application/json' };
}

/** What copies of one message were answered. */
export interface CopyCounts {
  accepted: number;
  /** Refused as replays, with the right status and reason. */
  refused: number;
  /** Answered otherwise, or not at all. */
  others: number;
}

/** What is wrong with how the copies were answered; undefined when exactly one was accepted and all others refused. */
export function faultOfCopies({ accepted, refused, others }: CopyCounts): string | undefined {
  const copies = accepted + refused + others;
  if (accepted !== 1) return `${accepted} of ${copies} copies of one message were accepted, not exactly one`;
  if (others > 0)
    return `${others} of ${copies} copies were neither accepted nor refused as ${REPLAY.reason}`;
  return undefined;
}
