import { SimulationError } from '@mysten/sui/client';
import type { SuiClientTypes } from '@mysten/sui/client';
import { ChainError } from './errors.ts';

/** What the contract or the chain said to a simulated transaction; undefined when it was not they who failed. */
export function simulationFailure(error: unknown): SuiClientTypes.ExecutionError | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at instanceof SimulationError && at.executionError !== undefined) return at.executionError;
  }
  return undefined;
}

/** The error of a wallet that cannot pay; undefined for any other. */
export function noGas(error: unknown): ChainError | undefined {
  const text = error instanceof Error ? error.message : '';
  return /gas (coin|payment|selection)|insufficient (gas|balance|coin)/i.test(text)
    ? new ChainError('no_gas', 'the wallet cannot pay for the transaction', { cause: error })
    : undefined;
}
