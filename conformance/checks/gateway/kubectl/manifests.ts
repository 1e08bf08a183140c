/** Manifests as a person pipes them to `kubectl apply -f -`. */

export const configMap = (
  name: string,
  data: Record<string, string>,
  labels?: Record<string, string>,
): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, ...(labels && { labels }) },
    data,
  });

/** A Pod that waits; on `node` if given, so that no other check's worker gets it. */
export const pod = (name: string, node?: string): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: podSpec(node) });

export const deployment = (name: string, replicas: number, node?: string): string =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: podSpec(node) },
    },
  });

function podSpec(node: string | undefined): object {
  return {
    containers: [{ name: 'main', image: 'nginx:1', ports: [{ containerPort: 80 }] }],
    terminationGracePeriodSeconds: 0,
    ...(node !== undefined && { nodeSelector: { 'kubernetes.io/hostname': node } }),
  };
}
