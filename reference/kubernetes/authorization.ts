import type { KubeObject } from './meta/objects.ts';
import type { UserInfo } from './types.ts';

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
