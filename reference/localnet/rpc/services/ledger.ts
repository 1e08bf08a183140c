import { GrpcTypes } from '@mysten/sui/grpc';
import type { SuiGrpcClient } from '@mysten/sui/grpc';
import { parseDigest } from '../../chain/bytes.ts';
import type { Chain } from '../../chain/chain.ts';
import { REFERENCE_GAS_PRICE } from '../../chain/chain.ts';
import type { Epoch } from '../../chain/ledger.ts';
import type { ChainObject } from '../../chain/object.ts';
import { ReadMask } from '../read-mask.ts';
import { renderCheckpoint } from '../render/checkpoint.ts';
import { defined, timestamp } from '../render/defined.ts';
import { renderRecord } from '../render/executed.ts';
import { renderObject } from '../render/object.ts';
import { requireAddress } from '../resolve/draft.ts';
import type { ServiceHandlers } from '../service.ts';
import { GRPC_CODES, invalidArgument, RpcFailure } from '../status.ts';
import { listEvents, listTransactions, listCheckpoints } from './ledger-lists.ts';

export const PROTOCOL_VERSION = 100n;
const OBJECT_DEFAULT = 'object_id,version,digest';
const TRANSACTION_DEFAULT = 'digest';
const CHECKPOINT_DEFAULT = 'sequence_number,digest';
const EPOCH_DEFAULT = 'epoch,first_checkpoint,last_checkpoint,start,end,reference_gas_price';
const MAX_BATCH = 200;

/** `sui.rpc.v2.LedgerService`. */
export function ledgerService(chain: Chain): ServiceHandlers<SuiGrpcClient['ledgerService']> {
  return {
    getServiceInfo: () => serviceInfo(chain),
    getObject(request) {
      const mask = ReadMask.of(request.readMask, OBJECT_DEFAULT, GrpcTypes.Object);
      return { object: renderObject(findObject(chain, request), chain.packages, mask) };
    },
    batchGetObjects({ requests, readMask }) {
      checkBatch(requests.length);
      const mask = ReadMask.of(readMask, OBJECT_DEFAULT, GrpcTypes.Object);
      return {
        objects: requests.map((request) => ({
          result: attempt((): GrpcTypes.GetObjectResult['result'] => ({
            oneofKind: 'object',
            object: renderObject(findObject(chain, request), chain.packages, mask),
          })),
        })),
      };
    },
    getTransaction({ digest, readMask }) {
      const mask = ReadMask.of(readMask, TRANSACTION_DEFAULT, GrpcTypes.ExecutedTransaction);
      return { transaction: renderRecord(chain.packages, findTransaction(chain, digest), mask) };
    },
    batchGetTransactions({ digests, readMask }) {
      checkBatch(digests.length);
      const mask = ReadMask.of(readMask, TRANSACTION_DEFAULT, GrpcTypes.ExecutedTransaction);
      return {
        transactions: digests.map((digest) => ({
          result: attempt((): GrpcTypes.GetTransactionResult['result'] => ({
            oneofKind: 'transaction',
            transaction: renderRecord(chain.packages, findTransaction(chain, digest), mask),
          })),
        })),
      };
    },
    getCheckpoint({ checkpointId, readMask }) {
      const mask = ReadMask.of(readMask, CHECKPOINT_DEFAULT, GrpcTypes.Checkpoint);
      const found = findCheckpoint(chain, checkpointId);
      return { checkpoint: renderCheckpoint(found, chain.packages, mask) };
    },
    getEpoch({ epoch, readMask }) {
      const mask = ReadMask.of(readMask, EPOCH_DEFAULT, GrpcTypes.Epoch);
      const found = epoch === undefined ? chain.ledger.epoch : chain.ledger.epochAt(epoch);
      if (found === undefined) throw new RpcFailure('NOT_FOUND', `Epoch ${epoch} not found`);
      return { epoch: mask.apply(renderEpoch(found)) };
    },
    listTransactions: (request, call) => listTransactions(chain, request, call),
    listEvents: (request, call) => listEvents(chain, request, call),
    listCheckpoints: (request, call) => listCheckpoints(chain, request, call),
  };
}

function serviceInfo(chain: Chain): GrpcTypes.GetServiceInfoResponse {
  const { ledger } = chain;
  const latest = ledger.latest;
  return defined<GrpcTypes.GetServiceInfoResponse>({
    chainId: chain.id,
    chain: 'localnet',
    epoch: ledger.epoch.number,
    checkpointHeight: latest?.sequenceNumber,
    timestamp: latest && timestamp(latest.timestampMs),
    lowestAvailableCheckpoint: ledger.lowestAvailable,
    lowestAvailableCheckpointObjects: ledger.lowestAvailable,
    server: 'localnet/1',
  });
}

function findObject(chain: Chain, { objectId, version }: GrpcTypes.GetObjectRequest): ChainObject {
  const id = requireAddress(objectId, 'object_id');
  const found = version === undefined ? chain.object(id) : chain.objects.at(id, version);
  if (found !== undefined) return found;
  throw new RpcFailure(
    'NOT_FOUND',
    version === undefined ? `Object ${id} not found` : `Object ${id} with version ${version} not found`,
  );
}

function findTransaction(chain: Chain, digest: string | undefined) {
  if (digest === undefined || parseDigest(digest) === undefined)
    throw invalidArgument(`invalid digest: ${digest}`);
  const found = chain.ledger.transaction(digest);
  if (found === undefined) throw new RpcFailure('NOT_FOUND', `Transaction ${digest} not found`);
  return found;
}

function findCheckpoint(chain: Chain, id: GrpcTypes.GetCheckpointRequest['checkpointId']) {
  const { ledger } = chain;
  const found =
    id.oneofKind === 'sequenceNumber'
      ? ledger.checkpoint(id.sequenceNumber)
      : id.oneofKind === 'digest'
        ? ledger.checkpointByDigest(id.digest)
        : ledger.latest;
  if (found !== undefined) return found;
  const name =
    id.oneofKind === 'digest' ? id.digest : id.oneofKind === 'sequenceNumber' ? id.sequenceNumber : 'latest';
  throw new RpcFailure('NOT_FOUND', `Checkpoint ${name} not found`);
}

function checkBatch(size: number): void {
  if (size > MAX_BATCH) throw invalidArgument(`number of batch requests exceed limit of ${MAX_BATCH}`);
}

/** One entry of a batch: its failure stays its own. */
function attempt<T>(
  get: () => T,
): T | { oneofKind: 'error'; error: { code: number; message: string; details: [] } } {
  try {
    return get();
  } catch (error) {
    if (!(error instanceof RpcFailure)) throw error;
    return {
      oneofKind: 'error',
      error: { code: GRPC_CODES[error.code], message: error.message, details: [] },
    };
  }
}

function renderEpoch(epoch: Epoch): GrpcTypes.Epoch {
  return defined<GrpcTypes.Epoch>({
    epoch: epoch.number,
    committee: { epoch: epoch.number, members: [] },
    systemState: GrpcTypes.SystemState.create({
      version: 2n,
      epoch: epoch.number,
      protocolVersion: PROTOCOL_VERSION,
      referenceGasPrice: REFERENCE_GAS_PRICE,
      epochStartTimestampMs: epoch.startMs,
      safeMode: false,
    }),
    firstCheckpoint: epoch.firstCheckpoint,
    lastCheckpoint: epoch.lastCheckpoint,
    start: timestamp(epoch.startMs),
    end: epoch.endMs === undefined ? undefined : timestamp(epoch.endMs),
    referenceGasPrice: REFERENCE_GAS_PRICE,
    protocolConfig: GrpcTypes.ProtocolConfig.create({ protocolVersion: PROTOCOL_VERSION }),
  });
}
