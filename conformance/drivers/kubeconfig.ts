import { join } from 'node:path';
import { stringify } from 'yaml';
import { PACKAGE_ROOT } from '../paths.ts';

export interface KubeconfigUser {
  name: string;
  /** Wallet file that the credential plugin reads. */
  walletFile: string;
}

export interface KubeconfigOptions {
  server: string;
  /** PEM. */
  ca: string | undefined;
  /** The first one is the current context’s. */
  users: readonly KubeconfigUser[];
  /** A fresh credential for every single request. */
  oneShot?: boolean;
  /** A credential made beforehand, in place of the plugin that makes them. */
  token?: string | undefined;
}

/** A kubeconfig whose users get their credentials from `daas credential`. */
export function kubeconfig(options: KubeconfigOptions): string {
  const cluster = 'k3s-daas';
  const contextOf = (user: KubeconfigUser): string =>
    user === options.users[0] ? cluster : `${cluster}-${user.name}`;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': cluster,
    clusters: [
      {
        name: cluster,
        cluster: {
          server: options.server,
          ...(options.ca && { 'certificate-authority-data': Buffer.from(options.ca).toString('base64') }),
        },
      },
    ],
    contexts: options.users.map((user) => ({
      name: contextOf(user),
      context: { cluster, user: user.name, namespace: 'default' },
    })),
    users: options.users.map((user) => ({
      name: user.name,
      user: options.token === undefined ? plugin(user, options) : { token: options.token },
    })),
  });
}

function plugin(user: KubeconfigUser, options: KubeconfigOptions): object {
  return {
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      interactiveMode: 'Never',
      command: process.execPath,
      args: [
        join(PACKAGE_ROOT, 'conformance/cli/daas.mjs'),
        'credential',
        '--wallet',
        user.walletFile,
        ...(options.oneShot ? ['--one-shot'] : []),
      ],
    },
  };
}
