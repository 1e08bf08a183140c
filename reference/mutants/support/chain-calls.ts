import { Transaction } from '@mysten/sui/transactions';
import type { ChainCommands } from '../../chain/types.ts';
import { ChainError } from '../../chain/errors.ts';
import type { CallContext } from '../../worker/seams.ts';

/** All calls of `commands` as an object of their own, so that some can be replaced. */
export function delegate(commands: ChainCommands): ChainCommands {
  return {
    address: commands.address,
    executeKubectlCommand: (args, options) => commands.executeKubectlCommand(args, options),
    recordResponse: (args, options) => commands.recordResponse(args, options),
    registerEnclaveKey: (args, options) => commands.registerEnclaveKey(args, options),
    endpointHeartbeat: (args, options) => commands.endpointHeartbeat(args, options),
    stakeForNode: (args, options) => commands.stakeForNode(args, options),
    stakeForUser: (args, options) => commands.stakeForUser(args, options),
    stakeForAdmin: (args, options) => commands.stakeForAdmin(args, options),
    createSealToken: (args, options) => commands.createSealToken(args, options),
    revokeSealToken: (args, options) => commands.revokeSealToken(args, options),
    shortenSealToken: (args, options) => commands.shortenSealToken(args, options),
    withdrawStake: (args, options) => commands.withdrawStake(args, options),
    close: () => commands.close(),
  };
}

/** Executes a transaction with none of the care that Commands takes; answers its digest. */
export async function callDirectly(context: CallContext, build: (tx: Transaction) => void): Promise<string> {
  return (await callForObjects(context, build)).digest;
}

/** The same, with the created objects by module and name. */
export async function callForObjects(
  { client, signer }: CallContext,
  build: (tx: Transaction) => void,
): Promise<{ digest: string; objects: Map<string, string> }> {
  const tx = new Transaction();
  tx.setSender(signer.toSuiAddress());
  build(tx);
  const result = await client.signAndExecuteTransaction({
    transaction: tx,
    signer,
    include: { effects: true, objectTypes: true },
  });
  if (result.$kind === 'FailedTransaction') {
    throw new ChainError('invalid', result.FailedTransaction.status.error?.message ?? 'failed');
  }
  const { digest, effects, objectTypes } = result.Transaction;
  const created = effects.changedObjects.filter(({ idOperation }) => idOperation === 'Created');
  const objects = created.map(({ objectId }): [string, string] => {
    const type = objectTypes[objectId] ?? '';
    return [type.slice(type.indexOf('::') + 2), objectId];
  });
  return { digest, objects: new Map(objects) };
}
