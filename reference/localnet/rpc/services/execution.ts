import { GrpcTypes } from '@mysten/sui/grpc';
import type { SuiGrpcClient } from '@mysten/sui/grpc';
import { REFERENCE_GAS_PRICE } from '../../chain/chain.ts';
import type { Chain } from '../../chain/chain.ts';
import type { CapturedValue, CommandOutput } from '../../chain/program.ts';
import { typeName } from '../../chain/type-tags.ts';
import { ReadMask } from '../read-mask.ts';
import { rejectionFailure } from '../rejection.ts';
import { defined } from '../render/defined.ts';
import { renderExecuted, renderRecord } from '../render/executed.ts';
import { renderMoveJson } from '../render/move-json.ts';
import { renderArgument } from '../render/transaction.ts';
import { simulate, transactionBytes } from '../resolve/transaction.ts';
import type { ServiceHandlers } from '../service.ts';
import { invalidArgument } from '../status.ts';

const EXECUTE_DEFAULT = 'effects.status,checkpoint';
const { SimulateTransactionRequest_TransactionChecks: Checks } = GrpcTypes;

/** `sui.rpc.v2.TransactionExecutionService`. */
export function executionService(
  chain: Chain,
): ServiceHandlers<SuiGrpcClient['transactionExecutionService']> {
  return {
    async executeTransaction({ transaction, signatures, readMask }) {
      const mask = ReadMask.of(readMask, EXECUTE_DEFAULT, GrpcTypes.ExecutedTransaction);
      try {
        const bytes = transactionBytes(chain, transaction);
        const record = await chain.execute(bytes, signatures.map(signatureBytes));
        return { transaction: renderRecord(chain.packages, record, mask) };
      } catch (error) {
        throw rejectionFailure(error);
      }
    },
    simulateTransaction({ transaction, readMask, checks, doGasSelection }) {
      const mask = ReadMask.of(readMask, '*', GrpcTypes.SimulateTransactionResponse);
      try {
        const { view, result } = simulate(chain, transaction, {
          checks: checks !== Checks.DISABLED,
          selectGas: doGasSelection === true,
        });
        return mask.apply(
          defined<GrpcTypes.SimulateTransactionResponse>({
            transaction: renderExecuted(
              chain.packages,
              view,
              [],
              result,
              undefined,
              mask.child('transaction'),
            ),
            commandOutputs: mask.includes('command_outputs')
              ? result.outputs.map((output) => renderOutput(chain, output))
              : [],
            suggestedGasPrice: REFERENCE_GAS_PRICE,
          }),
        );
      } catch (error) {
        throw rejectionFailure(error);
      }
    },
  };
}

function signatureBytes(signature: GrpcTypes.UserSignature): Uint8Array {
  if (signature.bcs?.value !== undefined) return signature.bcs.value;
  if (signature.signature.oneofKind === 'simple') {
    const { scheme, signature: bytes, publicKey } = signature.signature.simple;
    if (scheme !== undefined && bytes !== undefined && publicKey !== undefined) {
      return Uint8Array.of(scheme, ...bytes, ...publicKey);
    }
  }
  throw invalidArgument('signature must be given as bcs or as a simple signature');
}

function renderOutput(chain: Chain, output: CommandOutput): GrpcTypes.CommandResult {
  const value = ({ type, bcs }: CapturedValue): GrpcTypes.CommandOutput =>
    defined<GrpcTypes.CommandOutput>({
      argument: undefined,
      value: { name: typeName(type), value: bcs },
      json: renderMoveJson(chain.packages, type, bcs),
    });
  return {
    returnValues: output.returns.map(value),
    mutatedByRef: output.mutated.map((item) => ({ ...value(item), argument: renderArgument(item.argument) })),
  };
}
