import { UsageError } from '../../conformance/errors.ts';
import { k3sBinary } from './cluster/k3s-binary.ts';
import { k3s } from './cluster/k3s.ts';
import { kubeconfig } from './cluster/kubeconfig.ts';
import { compose } from './compose.ts';
import { containers } from './containers.ts';
import { embedded } from './embedded.ts';
import type { Provider } from './provider.ts';

export const PROVIDERS: readonly Provider[] = [embedded, containers, compose, kubeconfig, k3s, k3sBinary];

/** Throws UsageError for a name that is none. */
export function providerOf(name: string): Provider {
  const provider = PROVIDERS.find((one) => one.name === name);
  if (provider) return provider;
  throw new UsageError(`there is no provider ${name}`, {
    hint: `providers are ${PROVIDERS.map((one) => one.name).join(', ')}`,
  });
}
