import type { SuiGrpcClient } from '@mysten/sui/grpc';
import { Transaction } from '@mysten/sui/transactions';
import { OBJECTS } from '../../contracts/bindings/objects.ts';
import { abortFrom } from '../chain/aborts.ts';
import { ChainAbortError, ChainError } from '../chain/errors.ts';
import { nodeCall } from '../chain/node-call.ts';

/** The assigned master as the contract tells it to a worker. */
export interface NautilusInfo {
  url: string;
  /** Ed25519, 32 bytes; empty until the master registered it. */
  publicKey: Uint8Array;
  keyVersion: bigint;
  /** PCR0 to PCR2, 48 bytes each. */
  expectedPcrs: readonly Uint8Array[];
  active: boolean;
}

/** Asks the contract which master a seal token belongs to. Rejects with ChainAbortError or ChainError. */
export type ReadNautilusInfo = (
  question: { token: string; stakeRecord: string; endpoint: string },
  signal: AbortSignal,
) => Promise<NautilusInfo>;

/** By simulating `get_nautilus_info_for_worker`, which costs nothing and changes nothing. */
export function simulatedNautilusInfo(
  client: SuiGrpcClient,
  packageId: string,
  sender: string,
): ReadNautilusInfo {
  return async ({ token, stakeRecord, endpoint }, signal) => {
    const tx = new Transaction();
    tx.setSender(sender);
    tx.moveCall({
      target: `${packageId}::k8s_gateway::get_nautilus_info_for_worker`,
      arguments: [tx.object(token), tx.object(stakeRecord), tx.object(endpoint), tx.object.clock()],
    });
    const result = await nodeCall('SimulateTransaction', { signal }, (abort) =>
      client.simulateTransaction({ transaction: tx, include: { commandResults: true }, signal: abort }),
    );
    if (result.$kind === 'FailedTransaction') {
      const { error } = result.FailedTransaction.status;
      const abort = error === null ? undefined : abortFrom(error, packageId);
      if (abort !== undefined) throw new ChainAbortError(abort);
      throw new ChainError('invalid', `get_nautilus_info_for_worker: ${error?.message ?? 'failed'}`);
    }
    const bytes = result.commandResults[0]?.returnValues[0]?.bcs;
    if (bytes === undefined) throw new ChainError('invalid', 'get_nautilus_info_for_worker returned nothing');
    const info = OBJECTS.NautilusInfo.parse(bytes);
    return {
      url: info.url,
      publicKey: Uint8Array.from(info.public_key),
      keyVersion: BigInt(info.key_version),
      expectedPcrs: info.expected_pcrs.map((pcr) => Uint8Array.from(pcr)),
      active: info.status === 1,
    };
  };
}
