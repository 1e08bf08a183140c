import { setTimeout as sleep } from 'node:timers/promises';
import { requestSuiFromFaucetV2 } from '@mysten/sui/faucet';
import { SuiGrpcClient } from '@mysten/sui/grpc';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { HarnessError, describeError } from '../../errors.ts';

export interface FundingOptions {
  /** What is waited for, as messages name it. */
  name: string;
  url: string;
  faucet: string;
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Pause between two attempts, milliseconds. */
  pauseMs?: number;
  /** Resolves to its last words when the chain ends by itself. */
  ended?: Promise<string>;
}

/**
 * Waits until the faucet gives coins that the node shows. A listening port says little: a faucet comes up before the node it
 * asks, and fails until then. Throws HarnessError at the end of the time, or of the chain.
 */
export async function waitForFunds(options: FundingOptions): Promise<void> {
  const { name, url, faucet, timeoutMs, pauseMs = 500 } = options;
  const owner = new Ed25519Keypair().toSuiAddress();
  const client = new SuiGrpcClient({ network: 'localnet', baseUrl: url });
  const late = AbortSignal.timeout(timeoutMs);
  const signal = options.signal ? AbortSignal.any([late, options.signal]) : late;
  let words: string | undefined;
  options.ended?.then(
    (said) => (words = said),
    () => {},
  );
  let trouble: unknown = 'nothing was tried';
  while (!signal.aborted) {
    if (words !== undefined) throw new HarnessError(`${name} ended by itself: ${words}`, { hint: HINT });
    try {
      await within(signal, requestSuiFromFaucetV2({ host: faucet, recipient: owner }));
      const { balance } = await within(signal, client.core.getBalance({ owner, signal }));
      if (BigInt(balance.balance) > 0n) return;
      trouble = 'the faucet answered, and the balance is 0';
    } catch (error) {
      trouble = error;
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
  options.signal?.throwIfAborted();
  throw new HarnessError(`${name} gave no coins within ${timeoutMs / 1000} s: ${describeError(trouble)}`, {
    hint: HINT,
    cause: trouble,
  });
}

const HINT = 'run it by hand to see why, or use `chain: { provider: embedded }`, which needs nothing';

/** A call that may ignore the signal. */
async function within<T>(signal: AbortSignal, call: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([call, promise]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
