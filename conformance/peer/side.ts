import type { HttpAnswer } from '../drivers/http.ts';
import { asObject, at } from '../runner/expectations.ts';
import type { Between, Command, Content, Named } from './commands.ts';
import type { Endpoint, Sent } from './endpoint.ts';

/** Objects a side has seen under one name: resourceVersions and uids, oldest first. */
interface History {
  versions: string[];
  uids: string[];
}

const ABSENT = '00000000-0000-4000-8000-000000000000';
/** Always there: an empty map is one of the few things in which a custom resource is not like a ConfigMap. */
export const KEPT = { keep: 'this' } as const;

const LAST = 'c';
const EMPTY: Content = { labels: {}, data: {}, finalizer: false };

const PATCHES = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** One side of the comparison: sends commands and remembers what they need of earlier answers. */
export class Side {
  readonly endpoint: Endpoint;
  readonly #namespace: string;
  readonly #seen = new Map<string, History>();

  constructor(endpoint: Endpoint, namespace: string) {
    this.endpoint = endpoint;
    this.#namespace = namespace;
  }

  /** Carries out one command, the `index`th: one answer, or one for each page. */
  async run(command: Command, index: number): Promise<HttpAnswer[]> {
    if (command.op === 'list') return this.#list(command);
    const answer = await this.#send(this.#request(command, index));
    if (!('dryRun' in command && command.dryRun)) this.#remember(answer.json);
    return [answer];
  }

  /** The events of the namespace since a resourceVersion, for a second. */
  async watch(since: string): Promise<unknown[]> {
    const query = { watch: 'true', resourceVersion: since, timeoutSeconds: '1' };
    const answer = await this.#send({ method: 'GET', suffix: '', query });
    return answer.text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown);
  }

  /** The resourceVersion of the collection as it is now. */
  async version(): Promise<string> {
    const answer = await this.#send({ method: 'GET', suffix: '', query: {} });
    return String(at(answer.json, 'metadata', 'resourceVersion'));
  }

  #send(sent: Sent): Promise<HttpAnswer> {
    return this.endpoint.send(this.#namespace, sent);
  }

  async #list({ limit, label, field, between }: Extract<Command, { op: 'list' }>): Promise<HttpAnswer[]> {
    const answers: HttpAnswer[] = [];
    let next = '';
    do {
      const query = {
        ...(limit > 0 && { limit: String(limit) }),
        ...(label && { labelSelector: label }),
        ...(field && { fieldSelector: field }),
        ...(next && { continue: next }),
      };
      const answer = await this.#send({ method: 'GET', suffix: '', query });
      answers.push(answer);
      next = String(at(answer.json, 'metadata', 'continue') ?? '');
      if (next !== '' && answers.length === 1 && between !== 'nothing')
        answers.push(await this.#change(between));
    } while (next !== '' && answers.length < 20);
    return answers;
  }

  /** Makes or deletes the object that the last page would have. */
  async #change(how: Exclude<Between, 'nothing'>): Promise<HttpAnswer> {
    const contentType = 'application/json';
    const answer = await this.#send(
      how === 'create'
        ? { method: 'POST', suffix: '', query: {}, contentType, body: this.#object(LAST, EMPTY) }
        : { method: 'DELETE', suffix: `/${LAST}`, query: {} },
    );
    this.#remember(answer.json);
    return answer;
  }

  #request(command: Exclude<Command, { op: 'list' }>, index: number): Sent {
    const suffix = 'name' in command ? `/${command.name}` : '';
    const query: Record<string, string> = {
      ...('manager' in command && { fieldManager: command.manager }),
      // In a delete with a body the body alone counts.
      ...('dryRun' in command && command.op !== 'delete' && command.dryRun && { dryRun: 'All' }),
    };
    switch (command.op) {
      case 'get':
        return { method: 'GET', suffix, query };
      case 'create':
        return {
          method: 'POST',
          suffix: '',
          query: { ...query, ...(command.flaw === 'unknown' && { fieldValidation: 'Strict' }) },
          contentType: 'application/json',
          body: this.#created(command, index),
        };
      case 'update': {
        const object = this.#object(command.name, command.content);
        const metadata = { ...object.metadata, ...this.#named(command.name, command.version, command.uid) };
        return {
          method: 'PUT',
          suffix,
          query,
          contentType: 'application/json',
          body: { ...object, metadata },
        };
      }
      case 'merge': {
        const metadata = {
          ...asObject(at(command.patch, 'metadata')),
          ...this.#named(command.name, command.version, 'none'),
        };
        const body = { ...command.patch, ...(Object.keys(metadata).length > 0 && { metadata }) };
        return { method: 'PATCH', suffix, query, contentType: PATCHES.merge, body };
      }
      case 'json':
        return { method: 'PATCH', suffix, query, contentType: PATCHES.json, body: command.patch };
      case 'apply':
        return {
          method: 'PATCH',
          suffix,
          query: { ...query, ...(command.force && { force: 'true' }) },
          contentType: PATCHES.apply,
          body: this.#object(command.name, command.content),
        };
      case 'delete': {
        const preconditions = this.#named(command.name, command.version, command.uid);
        const body = {
          kind: 'DeleteOptions',
          apiVersion: 'v1',
          ...(Object.keys(preconditions).length > 0 && { preconditions }),
          ...(command.dryRun && { dryRun: ['All'] }),
          ...(command.propagation && { propagationPolicy: command.propagation }),
        };
        return { method: 'DELETE', suffix, query, contentType: 'application/json', body };
      }
      case 'deletecollection':
        return {
          method: 'DELETE',
          suffix: '',
          query: { ...query, ...(command.label && { labelSelector: command.label }) },
        };
    }
  }

  #object(name: string, { labels, data, finalizer }: Content) {
    const { apiVersion, kind } = this.endpoint;
    const metadata: Record<string, unknown> = {
      name,
      labels: { ...labels, ...KEPT },
      ...(finalizer && { finalizers: ['peer.k3s-daas.dev/hold'] }),
    };
    return { apiVersion, kind, metadata, data: { ...data, ...KEPT } };
  }

  #created({ name, content, flaw }: Extract<Command, { op: 'create' }>, index: number): object {
    const object = this.#object(name, content);
    const { metadata } = object;
    const { name: _, ...unnamed } = metadata;
    switch (flaw) {
      case 'none':
        return object;
      case 'version':
        return { ...object, metadata: { ...metadata, resourceVersion: '1' } };
      case 'name':
        return { ...object, metadata: { ...metadata, name: 'Not_a_name' } };
      case 'no-name':
        return { ...object, metadata: unnamed };
      case 'namespace':
        return { ...object, metadata: { ...metadata, namespace: 'elsewhere' } };
      case 'generate':
        return { ...object, metadata: { ...unnamed, generateName: `${name}-${index}-` } };
      case 'label':
        return { ...object, metadata: { ...metadata, labels: { 'not a label': 'x' } } };
      case 'kind':
        return { ...object, kind: 'Nonsense' };
      case 'unknown':
        return { ...object, metadata: { ...metadata, nonsense: 1 }, more: { a: 1 } };
    }
  }

  #named(name: string, version: Named, uid: Named): { resourceVersion?: string; uid?: string } {
    const { versions = [], uids = [] } = this.#seen.get(name) ?? {};
    const [resourceVersion, id] = [pick(version, versions, '999999999'), pick(uid, uids, ABSENT)];
    return {
      ...(resourceVersion !== undefined && { resourceVersion }),
      ...(id !== undefined && { uid: id }),
    };
  }

  #remember(body: unknown): void {
    if (at(body, 'kind') !== this.endpoint.kind) return;
    const [name, version, uid] = ['name', 'resourceVersion', 'uid'].map((field) =>
      at(body, 'metadata', field),
    );
    if (typeof name !== 'string' || typeof version !== 'string' || typeof uid !== 'string') return;
    const history = this.#seen.get(name) ?? { versions: [], uids: [] };
    if (history.versions.at(-1) !== version) history.versions.push(version);
    if (history.uids.at(-1) !== uid) history.uids.push(uid);
    this.#seen.set(name, history);
  }
}

function pick(which: Named, all: readonly string[], other: string): string | undefined {
  if (which === 'none') return undefined;
  if (which === 'other') return other;
  return which === 'own' ? all.at(-1) : all[0];
}
