import { ApiError } from '../kubernetes/errors.ts';
import { isObject } from '../kubernetes/meta/json.ts';
import type { Json } from '../kubernetes/meta/json.ts';
import { mediaType, readYamlBody } from '../kubernetes/request/body.ts';
import { parseJsonBytes } from '../kubernetes/request/json-text.ts';
import type { ResourceRequest } from '../protocol/kubernetes-request.ts';
import { ProtocolError } from '../protocol/status.ts';
import type { GatewayRequest } from './http/types.ts';

type Format = 'json' | 'yaml' | 'protobuf';

const OBJECT: Readonly<Record<string, Format>> = {
  '': 'json',
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/vnd.kubernetes.protobuf': 'protobuf',
};

/** What a body must be: an object that says its kind, one that the path says it of, any map, a list. */
type Shape = 'applied' | 'object' | 'map' | 'list';

/** Formats of a patch, and what a body in it is. */
const PATCH: Readonly<Record<string, { format: Format; of: Shape }>> = {
  'application/json-patch+json': { format: 'json', of: 'list' },
  'application/merge-patch+json': { format: 'json', of: 'map' },
  'application/strategic-merge-patch+json': { format: 'json', of: 'map' },
  'application/apply-patch+yaml': { format: 'yaml', of: 'applied' },
};

/**
 * Refuses a body that no Kubernetes API would take, before it costs a transaction and leaves events
 * on chain. What the fields mean is the master's business. Throws ProtocolError BadRequest or
 * UnsupportedMediaType.
 */
export function checkBody(
  { method, headers }: Pick<GatewayRequest, 'method' | 'headers'>,
  wanted: Pick<ResourceRequest, 'verb'>,
  body: Uint8Array,
): void {
  // What a connection to a pod carries is no object.
  if (wanted.verb === 'connect' || method === 'GET') return;
  const type = mediaType(headers['content-type']);
  if (method === 'PATCH') {
    const patch = PATCH[type];
    if (patch === undefined) throw unsupported(Object.keys(PATCH));
    requireShape(read(body, patch.format), patch.of);
    return;
  }
  if (method === 'DELETE' && body.length === 0) return;
  const format = OBJECT[type];
  if (format === undefined) throw unsupported(Object.keys(OBJECT).filter((known) => known !== ''));
  if (format === 'protobuf') requireProtobuf(body);
  else requireShape(read(body, format), method === 'DELETE' ? 'map' : 'object');
}

function read(body: Uint8Array, format: Format): Json {
  try {
    return format === 'yaml' ? readYamlBody(body).value : parseJsonBytes(body).value;
  } catch (error) {
    if (error instanceof ApiError) throw new ProtocolError('BadRequest', error.message, { cause: error });
    throw error;
  }
}

function requireShape(value: Json, of: Shape): void {
  if (of === 'list') {
    if (!Array.isArray(value)) throw new ProtocolError('BadRequest', 'a JSON patch is a list of operations');
    return;
  }
  if (!isObject(value)) throw new ProtocolError('BadRequest', 'the body is no object');
  if (of === 'map') return;
  for (const field of ['kind', 'apiVersion']) {
    const given = value[field];
    // Kubernetes takes kind and version from the path when the body does not say them.
    if (of === 'object' && (given === undefined || given === null || given === '')) continue;
    if (typeof given !== 'string' || given === '') {
      throw new ProtocolError('BadRequest', `Object '${field}' is missing in the body`);
    }
  }
}

/** The envelope's magic number; what is inside is for the master to read. */
function requireProtobuf(body: Uint8Array): void {
  if (!Buffer.from(body.subarray(0, 4)).equals(Buffer.from('k8s\0', 'latin1'))) {
    throw new ProtocolError('BadRequest', 'the body is not a Kubernetes protobuf message');
  }
}

function unsupported(accepted: readonly string[]): ProtocolError {
  return new ProtocolError(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );
}
