import type { HttpAnswer } from '../drivers/http.ts';
import { HarnessError } from '../errors.ts';
import type { Session } from '../runner/context.ts';
import type { Actor } from '../world/actors.ts';
import { GatewayApi } from '../world/gateway-api.ts';
import { COLLECTIONS, PEER_NAMES } from './crd.ts';
import type { Peer } from './peer.ts';

export interface Sent {
  method: string;
  /** After the collection's path: empty, or `/name`. */
  suffix: string;
  query: Record<string, string>;
  contentType?: string;
  /** An object, a patch, or a text sent as it is. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** One collection of objects shaped like ConfigMaps, at some implementation of the Kubernetes API. */
export interface Endpoint {
  readonly name: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** Makes a namespace, where there are such. */
  makeNamespace(namespace: string): Promise<void>;
  send(namespace: string, sent: Sent): Promise<HttpAnswer>;
}

/** The custom resource at Kubernetes' own machinery. */
export function peerEndpoint(peer: Peer): Endpoint {
  return {
    name: 'peer',
    apiVersion: PEER_NAMES.apiVersion,
    kind: PEER_NAMES.kind,
    makeNamespace: () => Promise.resolve(),
    send: (namespace, sent) =>
      peer.http.send(
        sent.method,
        targetOf(COLLECTIONS.replace('{namespace}', namespace), sent),
        optionsOf(sent),
      ),
  };
}

/** Seconds after which a session is made anew; they live 120 s. */
const RENEW_MS = 60_000;

/** ConfigMaps at the gateway of the target under test. */
export function gatewayEndpoint(session: Session, actor: Actor): Endpoint {
  const { gateway } = session;
  if (!gateway) throw new HarnessError('the target has no gateway');
  const api = new GatewayApi(
    gateway.recording(() => undefined),
    session.actors,
  );
  let credential: Promise<string> | undefined;
  let made = 0;
  const authenticated = (): Promise<string> => {
    if (credential === undefined || Date.now() - made > RENEW_MS) {
      credential = session.actors.session(actor);
      made = Date.now();
    }
    return credential;
  };
  return {
    name: 'target',
    apiVersion: 'v1',
    kind: 'ConfigMap',
    makeNamespace: async (namespace) => {
      const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
      const answer = await api.with(await authenticated(), 'POST', '/api/v1/namespaces', { body });
      if (answer.status !== 201) throw new HarnessError(`no namespace: ${answer.text}`);
    },
    send: async (namespace, sent) =>
      api.with(
        await authenticated(),
        sent.method,
        targetOf(`/api/v1/namespaces/${namespace}/configmaps`, sent),
        optionsOf(sent),
      ),
  };
}

function targetOf(collection: string, { suffix, query }: Sent): string {
  const search = new URLSearchParams(query).toString();
  return `${collection}${suffix}${search === '' ? '' : `?${search}`}`;
}

function optionsOf({ body, contentType, headers }: Sent) {
  return {
    headers: { ...(contentType !== undefined && { 'content-type': contentType }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    timeoutMs: 20_000,
  };
}
