import type { KubeObject } from './meta/objects.ts';
import type { ResourcePath } from './request/path.ts';
import type { ApiRequest, UserInfo } from './types.ts';

/** What somebody is about to do. */
export interface Attributes {
  user: UserInfo;
  /** get, list, watch, create, update, patch, delete or deletecollection; lower-case HTTP method off resources. */
  verb: string;
  /** Path of the request, for requests that are not about resources. */
  path: string;
  isResource: boolean;
  group: string;
  version: string;
  /** Plural. */
  resource: string;
  subresource: string;
  namespace: string;
  name: string;
  fieldSelector: string;
  labelSelector: string;
}

export interface Decision {
  allowed: boolean;
  /** Shown to the client. */
  reason?: string;
}

/** Decides before anything is read. */
export type Authorize = (attributes: Attributes) => Decision | Promise<Decision>;

/**
 * Decides about one object, after `authorize`: `old` is the present object (undefined when it is created),
 * `next` the wanted one (undefined for reads and deletions, and while an update has not been computed).
 */
export type AdmitObject = (
  attributes: Attributes,
  old: KubeObject | undefined,
  next: KubeObject | undefined,
) => Decision | Promise<Decision>;

export const allowAll: Authorize = () => ({ allowed: true });

/** What a request for a path that is no resource is about to do. */
export function nonResourceAttributes(request: ApiRequest): Attributes {
  return {
    user: request.user,
    verb: request.method.toLowerCase(),
    path: request.path,
    isResource: false,
    group: '',
    version: '',
    resource: '',
    subresource: '',
    namespace: '',
    name: '',
    fieldSelector: '',
    labelSelector: '',
  };
}

/** What a request for a resource is about to do. */
export function resourceAttributes(
  request: ApiRequest,
  path: ResourcePath,
  verb: string,
  query: URLSearchParams,
): Attributes {
  return {
    user: request.user,
    verb,
    path: request.path,
    isResource: true,
    group: path.group,
    version: path.version,
    resource: path.plural,
    subresource: path.subresource,
    namespace: path.namespace,
    name: path.name,
    fieldSelector: query.get('fieldSelector') ?? '',
    labelSelector: query.get('labelSelector') ?? '',
  };
}
