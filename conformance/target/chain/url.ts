import type { ChainProvider } from './provider.ts';

/** A chain that somebody else runs, with the package on it already: it is used as it is. */
export function chainAt(url: string): ChainProvider {
  return { start: () => Promise.resolve({ url, [Symbol.asyncDispose]: () => Promise.resolve() }) };
}
