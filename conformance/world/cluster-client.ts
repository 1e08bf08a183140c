import type { ClusterConnection } from '../drivers/cluster-connection.ts';
import type { Exchange, HttpAnswer, HttpStream, RecordedHttp, SendOptions } from '../drivers/http.ts';
import type { KubeAccess, KubeClient } from './kube-client.ts';

/** The user of a kubeconfig at its cluster. */
export class ClusterClient implements KubeClient {
  readonly #connection: ClusterConnection;
  readonly #http: RecordedHttp;

  constructor(connection: ClusterConnection, record: (exchange: Exchange) => void = () => undefined) {
    this.#connection = connection;
    this.#http = connection.http.recording(record);
  }

  async send(method: string, target: string, options: SendOptions = {}): Promise<HttpAnswer> {
    return this.#http.send(method, this.#connection.prefix + target, await this.#identified(options));
  }

  async stream(target: string, options: SendOptions = {}): Promise<HttpStream> {
    return this.#http.stream(this.#connection.prefix + target, await this.#identified(options));
  }

  async access(): Promise<KubeAccess> {
    const { origin, prefix, tls } = this.#connection;
    return { origin, prefix, ...tls, headers: await this.#connection.identity() };
  }

  async #identified(options: SendOptions): Promise<SendOptions> {
    const given = (options.headers ?? {}) as Record<string, string>;
    return { ...options, headers: { ...(await this.#connection.identity()), ...given } };
  }
}
