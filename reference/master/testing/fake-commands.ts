import { ChainAbortError, ChainError } from '../../chain/errors.ts';
import type { ChainCommands, Receipt } from '../../chain/types.ts';
import type { FakeChain } from './fake-chain.ts';

const RECEIPT: Receipt = { digest: 'fake', events: [], created: [], gasUsed: 0n };

/** The master's calls on a FakeChain; all others are refused. */
export function fakeCommands(chain: FakeChain): ChainCommands {
  const guard = (): void => {
    if (chain.unavailable) throw new ChainError('unavailable', 'the fake chain is down');
  };
  return {
    address: `0x${'0'.repeat(64)}`,
    recordResponse: async (args) => {
      guard();
      if (chain.recorded.some(({ requestId }) => requestId === args.requestId)) throw answered();
      chain.recorded.push(args);
      return RECEIPT;
    },
    registerEnclaveKey: async ({ publicKey }) => {
      guard();
      chain.publicKey = publicKey;
      chain.keyVersion += 1n;
      chain.emit({
        name: 'EnclaveKeyRegistered',
        data: { endpoint: chain.endpointId, public_key: publicKey, key_version: chain.keyVersion },
      });
      return RECEIPT;
    },
    endpointHeartbeat: () => Promise.resolve(RECEIPT),
    close: () => Promise.resolve(),
    executeKubectlCommand: never,
    stakeForNode: never,
    stakeForUser: never,
    stakeForAdmin: never,
    createSealToken: never,
    revokeSealToken: never,
    shortenSealToken: never,
    withdrawStake: never,
  };
}

function answered(): ChainAbortError {
  return new ChainAbortError({
    module: 'k8s_gateway',
    code: 7,
    name: 'EAlreadyAnswered',
    reason: 'AlreadyAnswered',
    http: 409,
    message: 'the request was answered already',
  });
}

function never(): Promise<never> {
  return Promise.reject(new Error('no part of what these tests look at'));
}
