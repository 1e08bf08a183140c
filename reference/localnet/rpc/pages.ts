import { invalidArgument } from './status.ts';

const DEFAULT_PAGE = 50;
const MAX_PAGE = 1000;

/**
 * One page of a list that is sorted by key. The token names the last key of the page before.
 * Throws RpcFailure INVALID_ARGUMENT for a token that this server did not make.
 */
export function page<T>(
  sorted: readonly T[],
  keyOf: (item: T) => string,
  request: { readonly pageSize?: number; readonly pageToken?: Uint8Array },
): { items: T[]; nextPageToken: Uint8Array | undefined } {
  const size = Math.min(request.pageSize || DEFAULT_PAGE, MAX_PAGE);
  const after = request.pageToken === undefined ? undefined : readToken(request.pageToken);
  const from = after === undefined ? 0 : sorted.findIndex((item) => keyOf(item) > after);
  const items = from === -1 ? [] : sorted.slice(from, from + size);
  const last = items.at(-1);
  const more = last !== undefined && from + size < sorted.length;
  return { items, nextPageToken: more ? Buffer.from(`after:${keyOf(last)}`) : undefined };
}

function readToken(token: Uint8Array): string {
  const text = Buffer.from(token).toString('utf8');
  if (!text.startsWith('after:')) throw invalidArgument('invalid page_token');
  return text.slice('after:'.length);
}
