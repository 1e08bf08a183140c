import type { HttpAnswer, HttpStream, RecordedHttp, SendOptions } from '../drivers/http.ts';
import type { Actor, Actors } from './actors.ts';

/** Talks to the gateway as an actor would, with a session credential of its own for each request. */
export class GatewayApi {
  readonly http: RecordedHttp;
  readonly #actors: Actors;

  constructor(http: RecordedHttp, actors: Actors) {
    this.http = http;
    this.#actors = actors;
  }

  /** Sends with a fresh session credential of `actor`. */
  async as(actor: Actor, method: string, target: string, options: SendOptions = {}): Promise<HttpAnswer> {
    return this.with(await this.#actors.session(actor), method, target, options);
  }

  /** Sends with the credential given. */
  with(credential: string, method: string, target: string, options: SendOptions = {}): Promise<HttpAnswer> {
    return this.http.send(method, target, { ...options, headers: bearer(credential, options.headers) });
  }

  /** Opens a watch or another stream as `actor`. */
  async stream(actor: Actor, target: string, options: SendOptions = {}): Promise<HttpStream> {
    const credential = await this.#actors.session(actor);
    return this.http.stream(target, { ...options, headers: bearer(credential, options.headers) });
  }

  /** Creates a Pod that only waits, and gives the answer. */
  createPod(
    actor: Actor,
    name: string,
    more: { namespace?: string; spec?: object; labels?: Record<string, string> } = {},
  ): Promise<HttpAnswer> {
    const namespace = more.namespace ?? 'default';
    return this.as(actor, 'POST', `/api/v1/namespaces/${namespace}/pods`, { body: pod(name, more) });
  }
}

/** A Pod manifest that every implementation accepts. */
export function pod(
  name: string,
  more: { namespace?: string; spec?: object; labels?: Record<string, string> } = {},
): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: more.namespace ?? 'default', ...(more.labels && { labels: more.labels }) },
    spec: { containers: [{ name: 'main', image: 'pause:3.10' }], ...more.spec },
  };
}

export function bearer(credential: string, headers: SendOptions['headers']): [string, string][] {
  const others = Array.isArray(headers) ? headers : Object.entries(headers ?? {});
  return [['authorization', `Bearer ${credential}`], ...(others as [string, string][])];
}
