import type { ChainConfig } from '../types.ts';
import { containerChain } from './container.ts';
import { embeddedChain } from './embedded.ts';
import type { ChainProvider } from './provider.ts';
import { suiBinaryChain } from './sui-binary.ts';
import { chainAt } from './url.ts';

export type { ChainContext, ChainNode, ChainProvider } from './provider.ts';

/** What brings up the chain that a target file asks for. */
export function chainProvider(config: ChainConfig): ChainProvider {
  switch (config.provider) {
    case 'embedded':
      return embeddedChain();
    case 'url':
      return chainAt(config.url);
    case 'sui':
      return suiBinaryChain({
        ...(config.binary !== undefined && { binary: config.binary }),
        ...(config.timeout_seconds !== undefined && { timeoutSeconds: config.timeout_seconds }),
      });
    case 'container':
      return containerChain({
        ...(config.image !== undefined && { image: config.image }),
        ...(config.timeout_seconds !== undefined && { timeoutSeconds: config.timeout_seconds }),
      });
  }
}
