import type { HttpAnswer, SendOptions } from '../../drivers/http.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal } from '../../runner/expectations.ts';
import type { Actor } from '../../world/actors.ts';
import { playedGateway, type PlayedGateway } from '../../world/played-gateway.ts';
import { Kube } from '../gateway/kube.ts';
import { Watch } from '../gateway/watch.ts';

/**
 * The Kubernetes API of the master as a gateway meets it: reads and watches directly, changes by way of the chain. What
 * works on a Kube through the gateway works on this one too.
 */
class MasterKube extends Kube {
  readonly #gateway: PlayedGateway;

  constructor(t: CheckContext, actor: Actor, namespace: string, gateway: PlayedGateway) {
    super(t, actor, namespace);
    this.#gateway = gateway;
  }

  override async send(method: string, target: string, options: SendOptions = {}): Promise<HttpAnswer> {
    if (method === 'GET')
      return this.t.master.asReader(method, target, { ...options, user: this.actor.address });
    const { body, headers } = options;
    const given = Object.entries((headers ?? {}) as Record<string, string>);
    const contentType = given.find(([name]) => name.toLowerCase() === 'content-type')?.[1];
    const answer = await this.#gateway.run(this.actor, {
      method,
      target,
      ...(body !== undefined && { body: body as string | object }),
      ...(contentType !== undefined && { contentType }),
    });
    return {
      status: answer.status,
      headers: { 'content-type': answer.contentType },
      body: answer.body,
      text: answer.body.toString('utf8'),
      json: answer.json,
      exchange: this.t.exchanges.at(-1)!,
    };
  }

  override async watch(resource: string, query = ''): Promise<Watch> {
    const target = `${this.path(resource)}?watch=true${query === '' ? '' : `&${query}`}`;
    const stream = await this.t.master.http.stream(target, { headers: await this.identity() });
    const watch = new Watch(stream);
    this.t.defer(() => watch.close());
    return watch;
  }

  /** Headers with which a gateway asks for this actor. */
  async identity(): Promise<Record<string, string>> {
    return {
      authorization: `Bearer ${await this.t.master.gatewaySession()}`,
      'x-remote-user': this.actor.address,
      'x-remote-group': 'daas:admins',
    };
  }
}

/** The shared administrator in a namespace of the check's own, at the master. */
export async function masterKube(t: CheckContext): Promise<MasterKube> {
  const [admin, gateway] = await Promise.all([t.actors.shared('admin'), playedGateway(t)]);
  const namespace = t.name('ms');
  const kube = new MasterKube(t, admin, namespace, gateway);
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  equal(
    'the status of a new namespace',
    (await kube.send('POST', '/api/v1/namespaces', { body })).status,
    201,
  );
  return kube;
}
