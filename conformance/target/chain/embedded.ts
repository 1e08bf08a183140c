import { LocalnetProcess } from '../localnet.ts';
import type { ChainNode, ChainProvider } from './provider.ts';

/** The localnet that comes with the suite, as a process of its own. */
export function embeddedChain(): ChainProvider {
  return {
    async start({ progress }) {
      progress('starting the embedded Sui localnet');
      return chainOf(await LocalnetProcess.start());
    },
  };
}

/** The chain that this process serves. Disposing it ends the process. */
export function chainOf(localnet: LocalnetProcess): ChainNode {
  return {
    url: localnet.url,
    faucet: localnet.url,
    localnet,
    [Symbol.asyncDispose]: () => localnet[Symbol.asyncDispose](),
  };
}
