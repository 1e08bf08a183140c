import type { GrpcTypes, SuiGrpcClient } from '@mysten/sui/grpc';
import { parseAddress } from '../../chain/bytes.ts';
import { verifyMessage } from '../../chain/signatures.ts';
import type { ServiceHandlers } from '../service.ts';
import { invalidArgument } from '../status.ts';

const INTENTS: Readonly<Record<string, readonly [number, number, number]>> = {
  TransactionData: [0, 0, 0],
  PersonalMessage: [3, 0, 0],
};

/** `sui.rpc.v2.SignatureVerificationService`, for single-key signatures. */
export function signatureService(): ServiceHandlers<SuiGrpcClient['signatureVerificationService']> {
  return {
    verifySignature({ message, signature, address }): GrpcTypes.VerifySignatureResponse {
      const intent = INTENTS[message?.name ?? ''];
      if (intent === undefined || message?.value === undefined)
        throw invalidArgument('message must be a TransactionData or a PersonalMessage');
      const bytes = signature?.bcs?.value;
      if (bytes === undefined) throw invalidArgument('missing signature.bcs');
      const signer = verifyMessage(bytes, Uint8Array.of(...intent, ...message.value));
      if (signer === undefined) return { isValid: false, reason: 'Signature is not valid' };
      if (address !== undefined && parseAddress(address) !== signer)
        return { isValid: false, reason: 'Signature is by another address' };
      return { isValid: true };
    },
  };
}
