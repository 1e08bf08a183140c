import { CompactedError } from '../../store/types.ts';
import { badRequest, expired, futureRevision } from '../errors.ts';
import type { ListOptions } from '../request/options.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import { parseFieldSelector } from '../selectors/fields.ts';
import { parseLabelSelector } from '../selectors/labels.ts';
import type { Stored } from '../storage/object-store.ts';
import type { Machinery } from './context.ts';

export interface ListAnswer {
  items: Stored[];
  revision: number;
  /** Token of the next page. */
  next: string | undefined;
  /** Known only when no selector filters. */
  remaining: number | undefined;
}

export type Filter = (stored: Stored) => boolean;

export interface Selection {
  matches: Filter;
  /** The one name that can match. */
  name: string | undefined;
  everything: boolean;
}

/** Throws BadRequest for a selector that cannot be read. */
export function selectionOf(
  resource: ResourceDefinition,
  options: Pick<ListOptions, 'labelSelector' | 'fieldSelector'>,
): Selection {
  const labels = parseLabelSelector(options.labelSelector);
  const fields = parseFieldSelector(options.fieldSelector, resource.fields);
  return {
    matches: ({ object }) => labels(object.metadata.labels) && fields.matches(object),
    name: fields.name,
    everything: options.labelSelector.trim() === '' && options.fieldSelector === '',
  };
}

interface Token {
  /** Revision of the first page; 0: go on at the newest one. */
  rv: number;
  after: string;
}

/** One page of a list. Throws Expired for pages whose revision the store has forgotten. */
export async function list(
  { objects }: Machinery,
  resource: ResourceDefinition,
  namespace: string,
  options: ListOptions,
): Promise<ListAnswer> {
  const selection = selectionOf(resource, options);
  const token = options.continue === '' ? undefined : decodeToken(options.continue);
  const asked = options.resourceVersion ?? 0;
  if (token !== undefined && asked > 0) {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  if (asked > objects.revision) throw futureRevision(asked, objects.revision);
  const exact =
    options.resourceVersionMatch === 'Exact' ||
    (options.resourceVersionMatch === '' && options.limit > 0 && asked > 0);
  const revision = token !== undefined && token.rv > 0 ? token.rv : exact ? asked : undefined;
  const items: Stored[] = [];
  let after = token?.after;
  let at = revision;
  for (;;) {
    const wanted = options.limit === 0 ? undefined : Math.max(options.limit - items.length, 1);
    const page = await readPage(
      objects,
      resource,
      namespace,
      {
        ...(wanted === undefined ? {} : { limit: wanted }),
        ...(after === undefined ? {} : { after }),
        ...(at === undefined ? {} : { revision: at }),
      },
      token,
    );
    at = at ?? page.revision;
    after = page.last;
    for (const item of page.items) if (selection.matches(item)) items.push(item);
    const full = options.limit > 0 && items.length >= options.limit;
    // In one namespace a name is there once: nothing can follow it.
    const single = selection.name !== undefined && (namespace !== '' || !resource.namespaced);
    const more = page.more && !(single && items.length > 0);
    if (!more || full) {
      return {
        items,
        revision: at,
        next: more ? encodeToken({ rv: at, after }) : undefined,
        remaining: more && selection.everything ? page.remaining : undefined,
      };
    }
  }
}

async function readPage(
  objects: Machinery['objects'],
  resource: ResourceDefinition,
  namespace: string,
  options: { limit?: number; after?: string; revision?: number },
  token: Token | undefined,
) {
  try {
    return await objects.list(resource, namespace, options);
  } catch (error) {
    if (!(error instanceof CompactedError)) throw error;
    if (token === undefined)
      throw expired(`The resourceVersion for the provided list is too old: ${error.message}.`);
    throw expired(
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
      { continue: encodeToken({ rv: 0, after: options.after ?? token.after }) },
    );
  }
}

function encodeToken({ rv, after }: Token): string {
  return Buffer.from(JSON.stringify({ v: 1, rv, after })).toString('base64url');
}

function decodeToken(text: string): Token {
  try {
    const token: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (
      typeof token === 'object' &&
      token !== null &&
      'rv' in token &&
      'after' in token &&
      typeof token.rv === 'number' &&
      Number.isSafeInteger(token.rv) &&
      token.rv >= 0 &&
      typeof token.after === 'string'
    ) {
      return { rv: token.rv, after: token.after };
    }
  } catch {
    // Reported below, as any other token that is not ours.
  }
  throw badRequest('continue key is not valid');
}
