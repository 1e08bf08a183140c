import { stringify } from 'yaml';

export interface KubeconfigOptions {
  /** HTTPS URL of the gateway. */
  server: string;
  /** PEM of the CA that the gateway's certificate comes from. */
  ca: string;
  /** Program that prints an ExecCredential, and its arguments. */
  command: string;
  args: readonly string[];
  /** Name of cluster, user and context. Default `k3s-daas`. */
  name?: string;
  namespace?: string;
}

/** A kubeconfig that trusts the gateway and gets its credentials from a plugin; it holds no secret. */
export function kubeconfig(options: KubeconfigOptions): string {
  const { server, ca, command, args, name = 'k3s-daas', namespace = 'default' } = options;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name, cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } },
    ],
    users: [
      {
        name,
        user: {
          exec: {
            apiVersion: 'client.authentication.k8s.io/v1',
            command,
            args: [...args],
            interactiveMode: 'Never',
            provideClusterInfo: false,
          },
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name, namespace } }],
    'current-context': name,
  });
}
