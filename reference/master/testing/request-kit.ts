import { randomBytes } from 'node:crypto';
import { payloadDigest } from '../../protocol/digest.ts';
import type { Answer, Bench } from './bench.ts';

/** Where the ConfigMaps of these requests are. */
export const PATH = '/api/v1/namespaces/default/configmaps';

/** A request as a gateway would hand it over. */
export interface Sent {
  id: string;
  payload: {
    method: string;
    path: string;
    query: string;
    content_type: string;
    accept: string;
    body: string;
  };
  digest: Uint8Array;
}

/** A request that creates a ConfigMap with a generated name, so that each run of it can be counted. */
export function createRequest(change: Partial<Sent['payload']> = {}): Sent {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'run-' } };
  const body = Buffer.from(JSON.stringify(object));
  const payload = {
    method: 'POST',
    path: PATH,
    query: '',
    content_type: 'application/json',
    accept: 'application/json',
    body: body.toString('base64url'),
    ...change,
  };
  const { method, path, query, content_type: contentType } = payload;
  const digest = payloadDigest({
    method,
    path,
    query,
    contentType,
    body: Buffer.from(payload.body, 'base64url'),
  });
  return { id: randomBytes(16).toString('hex'), payload, digest };
}

/** A bench with a gateway's requests on it. */
export class RequestKit {
  readonly #bench: Bench;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  /** The chain's event about it. */
  announce(sent: Sent, change: Record<string, unknown> = {}): void {
    const { method, path } = sent.payload;
    this.#bench.chain.emit({
      name: 'K8sAPIRequest',
      data: {
        request_id: sent.id,
        token: this.#bench.staker('any').token,
        method,
        path,
        namespace: 'default',
        resource_type: 'configmaps',
        payload_digest: sent.digest,
        requester: `0x${'a'.repeat(64)}`,
        nautilus_endpoint: this.#bench.chain.endpointId,
        timestamp_ms: String(this.#bench.clock.nowMs()),
        ...change,
      },
    });
  }

  put(sent: Sent): Promise<Answer> {
    return this.#bench.asGateway('PUT', `/api/v1/requests/${sent.id}`, sent.payload);
  }

  response(sent: Sent, seconds = 5): Promise<Answer> {
    return this.#bench.asGateway('GET', `/api/v1/responses/${sent.id}?timeout_seconds=${seconds}`);
  }

  /** How often one was run. */
  async runs(): Promise<number> {
    const { body } = await this.#bench.read(PATH);
    return body.items.filter(({ metadata }: { metadata: { name: string } }) =>
      metadata.name.startsWith('run-'),
    ).length;
  }

  /** The administrator's token behind the events. */
  administrator(): string {
    const { token } = this.#bench.staker('unused');
    this.#bench.chain.tokens.set(token, {
      ...this.#bench.chain.tokens.get(token)!,
      stakeType: 'admin',
      permissions: ['*:*'],
    });
    return token;
  }
}
