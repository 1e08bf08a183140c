import type { Status } from '../errors.ts';
import { encodeJson } from '../meta/json.ts';
import type { JsonObject } from '../meta/json.ts';
import type { KubeObject } from '../meta/objects.ts';
import type { View } from '../request/accept.ts';
import { viewOf } from '../request/accept.ts';
import { apiVersionOf } from '../resources/table.ts';
import type { Stored } from '../storage/object-store.ts';
import type { IncludeObject } from '../table/table.ts';
import { makeTable, partialMetadata } from '../table/table.ts';
import type { ApiResponse } from '../types.ts';
import type { ListAnswer } from '../verbs/list.ts';
import type { WatchEvent } from '../verbs/watch.ts';
import type { Exchange } from './exchange.ts';
import { jsonResponse, warningHeader } from './exchange.ts';

/** One object in the view the client wants. */
export function objectResponse(
  exchange: Exchange,
  status: number,
  stored: Pick<Stored, 'object' | 'json'>,
): ApiResponse {
  const view = viewOf(exchange.request.headers['accept']);
  const headers = warningHeader(exchange.warnings);
  if (view.as === 'object') return jsonResponse(status, stored.json(), headers);
  const { object } = stored;
  if (view.as === 'metadata')
    return jsonResponse(status, encodeJson(partialMetadata(object, view.version)), headers);
  const table = tableOf(
    exchange,
    view,
    [object],
    { resourceVersion: object.metadata.resourceVersion ?? '' },
    true,
  );
  return jsonResponse(status, encodeJson(table), headers);
}

export function statusResponse(exchange: Exchange, code: number, status: Status): ApiResponse {
  return jsonResponse(code, encodeJson(status), warningHeader(exchange.warnings));
}

/** A page of objects as `<Kind>List`, Table or PartialObjectMetadataList. */
export function listResponse(exchange: Exchange, answer: ListAnswer): ApiResponse {
  const view = viewOf(exchange.request.headers['accept']);
  const metadata = {
    resourceVersion: String(answer.revision),
    ...(answer.next === undefined ? {} : { continue: answer.next }),
    ...(answer.remaining === undefined ? {} : { remainingItemCount: answer.remaining }),
  };
  const { resource } = exchange;
  if (view.as === 'table') {
    return jsonResponse(
      200,
      encodeJson(
        tableOf(
          exchange,
          view,
          answer.items.map(({ object }) => object),
          metadata,
          true,
        ),
      ),
    );
  }
  if (view.as === 'metadata') {
    const items = answer.items.map(({ object }) => partialMetadata(object, view.version));
    return jsonResponse(
      200,
      encodeJson({
        kind: 'PartialObjectMetadataList',
        apiVersion: `meta.k8s.io/${view.version}`,
        metadata,
        items,
      }),
    );
  }
  // The texts of the items are at hand; only the frame is written anew.
  const head = JSON.stringify({ kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata });
  return jsonResponse(
    200,
    `${head.slice(0, -1)},"items":[${answer.items.map((item) => item.json()).join(',')}]}`,
  );
}

/** Watch events, one line of JSON each; the first, empty chunk lets the transport flush its headers. */
export function watchResponse(exchange: Exchange, events: AsyncGenerator<WatchEvent>): ApiResponse {
  const view = viewOf(exchange.request.headers['accept']);
  return {
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private' },
    body: watchLines(exchange, view, events),
  };
}

async function* watchLines(
  exchange: Exchange,
  view: View,
  events: AsyncGenerator<WatchEvent>,
): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(0);
  let first = true;
  for await (const event of events) {
    yield Buffer.from(watchLine(exchange, view, event, first));
    first = false;
  }
}

function watchLine(exchange: Exchange, view: View, event: WatchEvent, first: boolean): string {
  switch (event.type) {
    case 'ERROR':
      return `${JSON.stringify({ type: 'ERROR', object: event.status })}\n`;
    case 'BOOKMARK':
      return `${JSON.stringify({ type: 'BOOKMARK', object: bookmark(exchange, view, event.revision, event.initialEventsEnd, first) })}\n`;
    default: {
      if (view.as === 'object') return `{"type":"${event.type}","object":${event.stored.json()}}\n`;
      const { object } = event.stored;
      const shown =
        view.as === 'metadata'
          ? partialMetadata(object, view.version)
          : tableOf(
              exchange,
              view,
              [object],
              { resourceVersion: object.metadata.resourceVersion ?? '' },
              first,
            );
      return `${JSON.stringify({ type: event.type, object: shown })}\n`;
    }
  }
}

function bookmark(
  { resource }: Exchange,
  view: View,
  revision: number,
  initialEnd: boolean,
  first: boolean,
): JsonObject {
  const resourceVersion = String(revision);
  const metadata: JsonObject = {
    resourceVersion,
    creationTimestamp: null,
    ...(initialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
  };
  if (view.as === 'object') return { kind: resource.kind, apiVersion: apiVersionOf(resource), metadata };
  if (view.as === 'metadata')
    return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${view.version}`, metadata };
  const row = {
    cells: resource.columns.map(() => ''),
    object: { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${view.version}`, metadata },
  };
  const table = makeTable(resource, [], {
    version: view.version,
    include: 'None',
    now: 0,
    metadata: { resourceVersion },
    headers: first,
  });
  return { ...table, rows: initialEnd ? [row] : [] };
}

function tableOf(
  { resource, query, machinery }: Exchange,
  view: Extract<View, { as: 'table' }>,
  objects: readonly KubeObject[],
  metadata: Parameters<typeof makeTable>[2]['metadata'],
  headers: boolean,
): JsonObject {
  const asked = query.get('includeObject');
  const include: IncludeObject = asked === 'None' || asked === 'Object' ? asked : 'Metadata';
  return makeTable(resource, objects, {
    version: view.version,
    include,
    now: machinery.clock.nowMs(),
    metadata,
    headers,
  });
}
