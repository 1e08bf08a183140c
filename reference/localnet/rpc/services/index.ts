import { GrpcTypes } from '@mysten/sui/grpc';
import type { Chain } from '../../chain/chain.ts';
import type { ServiceRegistry } from '../service.ts';
import { executionService } from './execution.ts';
import { ledgerService } from './ledger.ts';
import { packageService } from './packages.ts';
import { signatureService } from './signatures.ts';
import { stateService } from './state.ts';
import { subscriptionService } from './subscription.ts';

/** Adds everything a client of a full node uses; the name service answers UNIMPLEMENTED. */
export function registerServices(registry: ServiceRegistry, chain: Chain): ServiceRegistry {
  return registry
    .add(GrpcTypes.LedgerService, ledgerService(chain))
    .add(GrpcTypes.StateService, stateService(chain))
    .add(GrpcTypes.TransactionExecutionService, executionService(chain))
    .add(GrpcTypes.MovePackageService, packageService(chain))
    .add(GrpcTypes.SubscriptionService, subscriptionService(chain))
    .add(GrpcTypes.SignatureVerificationService, signatureService())
    .add(GrpcTypes.NameService, {});
}
