import type { LocalnetProcess } from '../localnet.ts';

/** What a provider is given. */
export interface ChainContext {
  /** One line of what is happening. */
  progress: (line: string) => void;
  signal?: AbortSignal | undefined;
}

/** A chain that answers. Disposing it ends what was started for it. */
export interface ChainNode extends AsyncDisposable {
  /** gRPC. */
  readonly url: string;
  /** Base URL of a faucet (`POST /v2/gas`); without one somebody's own coins pay. */
  readonly faucet?: string;
  /** The embedded one, with its management endpoints. */
  readonly localnet?: LocalnetProcess;
}

/** Where a chain comes from. One file a kind. */
export interface ChainProvider {
  /** Throws HarnessError, with what to do about it, when this machine cannot provide the chain. */
  start(context: ChainContext): Promise<ChainNode>;
}
