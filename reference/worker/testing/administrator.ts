import { randomBytes } from 'node:crypto';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Commands, TransactionSubmitter } from '../../chain/index.ts';
import { payloadDigest } from '../../protocol/digest.ts';
import { parseKubernetesRequest } from '../../protocol/kubernetes-request.ts';
import { newRequestId } from '../../protocol/ids.ts';
import type { Cluster } from './cluster.ts';

/** An administrator whose requests go the whole way over the chain, with the test as gateway. */
export class Administrator {
  readonly #cluster: Cluster;
  readonly #token: string;
  readonly #stakeRecord: string;
  readonly #gateway: Commands;

  private constructor(cluster: Cluster, token: string, stakeRecord: string, gateway: Commands) {
    this.#cluster = cluster;
    this.#token = token;
    this.#stakeRecord = stakeRecord;
    this.#gateway = gateway;
  }

  static async join(cluster: Cluster): Promise<Administrator> {
    const { world } = cluster;
    const pair = new Ed25519Keypair();
    world.fund(pair, 20n);
    const commandsOf = (signer: Ed25519Keypair): Commands =>
      new Commands(
        new TransactionSubmitter({ client: world.client, signer, package: world.ids.package }),
        world.ids,
      );
    const own = commandsOf(pair);
    const { stakeRecord } = await own.stakeForAdmin({ amount: 10_000_000_000n });
    const { token } = await own.createSealToken({ type: 'admin', stakeRecord });
    return new Administrator(cluster, token, stakeRecord, commandsOf(world.gateway));
  }

  /** Runs a request; answers its status and decoded body. */
  async run(
    method: string,
    path: string,
    object?: object,
  ): Promise<{ status: number; body: any }> /* oxlint-disable-line no-explicit-any -- whatever came */ {
    const requestId = newRequestId(randomBytes);
    const body = object === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(object));
    const contentType = object === undefined ? '' : 'application/json';
    const payload = {
      method,
      path,
      query: '',
      content_type: contentType,
      accept: 'application/json',
      body: Buffer.from(body).toString('base64url'),
    };
    const target = `/api/v1/requests/${requestId}`;
    const put = await this.#cluster.asGateway('PUT', target, payload);
    if (put.status !== 202) throw new Error(`PUT ${target}: ${put.status}`);
    const request = parseKubernetesRequest(method, path, '');
    if (request?.kind !== 'resource') throw new Error(`${path} names no resource`);
    await this.#gateway.executeKubectlCommand({
      gatewayCap: this.#cluster.world.caps.gateway,
      token: this.#token,
      stakeRecord: this.#stakeRecord,
      requestId,
      method,
      path,
      namespace: request.namespace,
      resourceType: request.resource,
      payloadDigest: payloadDigest({ method, path, query: '', contentType, body }),
    });
    const answer = await this.#cluster.asGateway('GET', `/api/v1/responses/${requestId}?timeout_seconds=20`);
    if (answer.status !== 200) throw new Error(`no response: ${answer.status}`);
    const text = Buffer.from(answer.body.body, 'base64url').toString('utf8');
    return { status: answer.body.status_code, body: JSON.parse(text) };
  }
}
