import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { FakeRequest } from './fake-messages.ts';

type KubeObject = Record<string, unknown> & { metadata: Record<string, unknown> };

/**
 * Kubernetes objects of a fake master, as far as an agent needs them: create, get, list, merge patches (of whatever
 * type), update and delete, and watches that stay open and tell of every change. No validation, no authorisation.
 */
export class FakeKubernetes {
  /** By path of the object. */
  readonly objects = new Map<string, KubeObject>();
  readonly #watches = new Set<{ collection: string; response: ServerResponse }>();
  #version = 1;

  /** Puts an object there and tells the watches. */
  put(path: string, object: Record<string, unknown>): void {
    this.#save(path, object);
  }

  serve(request: FakeRequest, response: ServerResponse): void {
    const [path = '', query = ''] = request.target.split('?');
    const target = path.replace(/\/status$/, '');
    const send = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const known = this.objects.get(target);
    switch (request.method) {
      case 'POST': {
        const name = String(
          (request.json['metadata'] as { name?: unknown } | undefined)?.name ?? randomUUID(),
        );
        if (this.objects.has(`${target}/${name}`)) send(409, failure(409, 'AlreadyExists'));
        else send(201, this.#save(`${target}/${name}`, request.json));
        return;
      }
      case 'PUT':
      case 'PATCH':
        if (known) send(200, this.#save(target, merged(known, request.json) as KubeObject));
        else send(404, failure(404, 'NotFound'));
        return;
      case 'DELETE':
        if (known) {
          this.objects.delete(target);
          this.#tell('DELETED', target, known);
        }
        send(known ? 200 : 404, known ?? failure(404, 'NotFound'));
        return;
      default:
        if (known) send(200, known);
        else if (/(?:^|&)watch=(?:true|1)/.test(query)) this.#watch(target, response);
        else if (/\/(?:pods|nodes|leases|events)$/.test(target)) send(200, this.#list(target));
        else send(404, failure(404, 'NotFound'));
    }
  }

  /** Ends all watches. */
  close(): void {
    for (const { response } of this.#watches) response.end();
    this.#watches.clear();
  }

  #list(collection: string): object {
    const items = [...this.objects].filter(([path]) => isIn(path, collection)).map(([, object]) => object);
    return { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: String(this.#version) }, items };
  }

  #watch(collection: string, response: ServerResponse): void {
    const watch = { collection, response };
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    response.once('close', () => this.#watches.delete(watch));
    this.#watches.add(watch);
  }

  #save(path: string, object: Record<string, unknown>): KubeObject {
    const before = this.objects.get(path);
    this.#version += 1;
    const metadata = {
      uid: before?.metadata['uid'] ?? randomUUID(),
      ...(object['metadata'] as object | undefined),
      resourceVersion: String(this.#version),
    };
    const saved = { ...object, metadata };
    this.objects.set(path, saved);
    this.#tell(before ? 'MODIFIED' : 'ADDED', path, saved);
    return saved;
  }

  #tell(type: string, path: string, object: KubeObject): void {
    for (const { collection, response } of this.#watches) {
      if (isIn(path, collection)) response.write(`${JSON.stringify({ type, object })}\n`);
    }
  }
}

/** Whether an object belongs to a collection; the one over all namespaces holds those of each. */
function isIn(path: string, collection: string): boolean {
  const parent = path.slice(0, path.lastIndexOf('/'));
  return parent === collection || parent.replace(/\/namespaces\/[^/]+/, '') === collection;
}

function merged(old: unknown, change: unknown): unknown {
  if (!isObject(old) || !isObject(change)) return change;
  const keys = new Set([...Object.keys(old), ...Object.keys(change)]);
  const entries = [...keys]
    .map((key) => [key, key in change ? merged(old[key], change[key]) : old[key]] as const)
    .filter(([, value]) => value !== null);
  return Object.fromEntries(entries);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function failure(code: number, reason: string): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code, message: reason };
}
