import type { HttpAnswer, HttpStream, SendOptions } from '../drivers/http.ts';
import type { CheckContext } from '../runner/context.ts';
import type { Actor } from './actors.ts';
import type { KubeAccess, KubeClient } from './kube-client.ts';

/** An actor at the gateway under test. */
export class GatewayClient implements KubeClient {
  readonly actor: Actor;
  readonly #t: CheckContext;

  constructor(t: CheckContext, actor: Actor) {
    this.#t = t;
    this.actor = actor;
  }

  send(method: string, target: string, options: SendOptions = {}): Promise<HttpAnswer> {
    const { gateway } = this.#t;
    const given = (options.headers ?? {}) as Record<string, string>;
    if (given['authorization'] !== undefined) return gateway.http.send(method, target, options);
    return gateway.as(this.actor, method, target, options);
  }

  stream(target: string, options: SendOptions = {}): Promise<HttpStream> {
    return this.#t.gateway.stream(this.actor, target, options);
  }

  async access(): Promise<KubeAccess> {
    const { gateway } = this.#t.world;
    this.#t.needs('a gateway', gateway !== undefined);
    const { url, ca, client } = gateway;
    return {
      origin: new URL(url).origin,
      prefix: '',
      ...(ca !== undefined && { ca }),
      ...(client && { client }),
      headers: { authorization: `Bearer ${await this.#t.actors.session(this.actor)}` },
    };
  }
}
