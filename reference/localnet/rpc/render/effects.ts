import { GrpcTypes } from '@mysten/sui/grpc';
import type { ObjectChange } from '../../chain/effects.ts';
import type { ExecutionResult } from '../../chain/executor.ts';
import type { ReadMask } from '../read-mask.ts';
import { defined } from './defined.ts';
import { renderExecutionError } from './execution-error.ts';
import { objectTypeName, renderOwner } from './object.ts';

const {
  ChangedObject_IdOperation,
  ChangedObject_InputObjectState,
  ChangedObject_OutputObjectState,
  UnchangedConsensusObject_UnchangedConsensusObjectKind,
} = GrpcTypes;

const ID_OPERATION = {
  None: ChangedObject_IdOperation.NONE,
  Created: ChangedObject_IdOperation.CREATED,
  Deleted: ChangedObject_IdOperation.DELETED,
} as const;

/** The wanted parts of an execution's effects. */
export function renderEffects(result: ExecutionResult, mask: ReadMask): GrpcTypes.TransactionEffects {
  const { effects } = result;
  const gasChange = effects.changes.find((change) => change.id === effects.gasObject);
  const wantsChanges = mask.includes('changed_objects');
  return mask.apply(
    defined<GrpcTypes.TransactionEffects>({
      bcs: mask.includes('bcs') ? { name: 'TransactionEffects', value: result.effectsBcs } : undefined,
      digest: result.effectsDigest,
      version: 2,
      status: effects.failure
        ? { success: false, error: renderExecutionError(effects.failure) }
        : { success: true },
      epoch: effects.epoch,
      gasUsed: { ...effects.gas },
      transactionDigest: effects.transactionDigest,
      gasObject: gasChange && mask.includes('gas_object') ? renderChange(gasChange) : undefined,
      eventsDigest: effects.eventsDigest,
      dependencies: [...effects.dependencies],
      lamportVersion: effects.lamport,
      changedObjects: wantsChanges ? effects.changes.map(renderChange) : [],
      unchangedConsensusObjects: effects.read.map(({ id, object }) => ({
        kind: UnchangedConsensusObject_UnchangedConsensusObjectKind.READ_ONLY_ROOT,
        objectId: id,
        version: object.version,
        digest: object.digest,
        objectType: objectTypeName(object),
      })),
      auxiliaryDataDigest: undefined,
      unchangedLoadedRuntimeObjects: [],
    }),
  );
}

function renderChange({ id, before, after, idOperation }: ObjectChange): GrpcTypes.ChangedObject {
  const shown = after ?? before;
  return defined<GrpcTypes.ChangedObject>({
    objectId: id,
    inputState: before
      ? ChangedObject_InputObjectState.EXISTS
      : ChangedObject_InputObjectState.DOES_NOT_EXIST,
    inputVersion: before?.version,
    inputDigest: before?.digest,
    inputOwner: before && renderOwner(before.owner),
    outputState: outputState(after),
    outputVersion: after?.version,
    outputDigest: after?.digest,
    outputOwner: after && renderOwner(after.owner),
    accumulatorWrite: undefined,
    idOperation: ID_OPERATION[idOperation],
    objectType: shown && objectTypeName(shown),
  });
}

function outputState(after: ObjectChange['after']): GrpcTypes.ChangedObject_OutputObjectState {
  if (after === undefined) return ChangedObject_OutputObjectState.DOES_NOT_EXIST;
  return after.data.kind === 'package'
    ? ChangedObject_OutputObjectState.PACKAGE_WRITE
    : ChangedObject_OutputObjectState.OBJECT_WRITE;
}
