import type { Kube } from './kube.ts';

/** ConfigMaps with these labels, in a namespace of their own. */
export const LABELLED: Record<string, Record<string, string>> = {
  a: { tier: 'front', env: 'prod' },
  b: { tier: 'front', env: 'test' },
  c: { tier: 'back', env: 'prod' },
  d: { env: 'test', canary: '' },
  e: {},
};

/** Makes them. */
export async function labelled(admin: Kube): Promise<void> {
  await Promise.all(
    Object.entries(LABELLED).map(([name, labels]) =>
      admin.made('configmaps', admin.configMap(name, {}, { labels })),
    ),
  );
}

/** A query string. */
export const query = (parameters: Record<string, string>): string => `?${new URLSearchParams(parameters)}`;
