import type { HttpAnswer, HttpStream, SendOptions } from '../drivers/http.ts';
import type { ClusterTls } from '../drivers/cluster-connection.ts';

/** Somebody who is let in to a Kubernetes API, wherever that is served. */
export interface KubeClient {
  /** Sends with an identity of its own, unless `headers` hold one. */
  send(method: string, target: string, options?: SendOptions): Promise<HttpAnswer>;
  /** Opens a watch or another stream. */
  stream(target: string, options?: SendOptions): Promise<HttpStream>;
  /** What another connection needs to speak for the same client. */
  access(): Promise<KubeAccess>;
}

export interface KubeAccess extends ClusterTls {
  /** Scheme, host and port. */
  origin: string;
  /** What stands before each path. */
  prefix: string;
  headers: Record<string, string>;
}
