import { LocalnetProcess } from '../localnet.ts';
import type { ChainProvider } from './provider.ts';

/** The localnet that comes with the suite, as a process of its own. */
export function embeddedChain(): ChainProvider {
  return {
    async start({ progress }) {
      progress('starting the embedded Sui localnet');
      const localnet = await LocalnetProcess.start();
      return {
        url: localnet.url,
        faucet: localnet.url,
        localnet,
        [Symbol.asyncDispose]: () => localnet[Symbol.asyncDispose](),
      };
    },
  };
}
