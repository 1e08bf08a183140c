import { ProtocolError } from '../protocol/status.ts';
import { parseStrictJsonPlain } from '../protocol/strict-json.ts';
import { fields, text } from './protobuf-fields.ts';

/** What a SelfSubjectAccessReview asks. */
export interface AccessQuestion {
  resource?: {
    namespace: string;
    verb: string;
    group: string;
    version: string;
    resource: string;
    subresource: string;
    name: string;
  };
  nonResource?: { path: string; verb: string };
}

const MAGIC = Buffer.from('k8s\0', 'latin1');

/** The question in a SelfSubjectAccessReview, JSON or kubectl's protobuf. Throws ProtocolError BadRequest. */
export function accessQuestion(body: Uint8Array): AccessQuestion {
  const question = Buffer.from(body.subarray(0, 4)).equals(MAGIC) ? fromProtobuf(body) : fromJson(body);
  if ((question.resource === undefined) === (question.nonResource === undefined)) {
    throw new ProtocolError(
      'BadRequest',
      'spec needs exactly one of resourceAttributes and nonResourceAttributes',
    );
  }
  return question;
}

function fromJson(body: Uint8Array): AccessQuestion {
  const parsed = parseStrictJsonPlain(body);
  const spec = parsed.ok ? record(record(parsed.value)?.['spec']) : undefined;
  if (spec === undefined) throw new ProtocolError('BadRequest', 'the body is not a SelfSubjectAccessReview');
  const resource = record(spec['resourceAttributes']);
  const nonResource = record(spec['nonResourceAttributes']);
  return {
    ...(resource && {
      resource: {
        namespace: of(resource, 'namespace'),
        verb: of(resource, 'verb'),
        group: of(resource, 'group'),
        version: of(resource, 'version'),
        resource: of(resource, 'resource'),
        subresource: of(resource, 'subresource'),
        name: of(resource, 'name'),
      },
    }),
    ...(nonResource && { nonResource: { path: of(nonResource, 'path'), verb: of(nonResource, 'verb') } }),
  };
}

/** Envelope runtime.Unknown {1 typeMeta, 2 raw}; review {2 spec}; spec {1 resource, 2 nonResource}. */
function fromProtobuf(body: Uint8Array): AccessQuestion {
  try {
    const spec = fields(bytesOf(fields(bytesOf(fields(body.subarray(4)), 2)), 2));
    const resource = spec.get(1) && fields(bytesOf(spec, 1));
    const nonResource = spec.get(2) && fields(bytesOf(spec, 2));
    return {
      ...(resource && {
        resource: {
          namespace: text(resource, 1),
          verb: text(resource, 2),
          group: text(resource, 3),
          version: text(resource, 4),
          resource: text(resource, 5),
          subresource: text(resource, 6),
          name: text(resource, 7),
        },
      }),
      ...(nonResource && { nonResource: { path: text(nonResource, 1), verb: text(nonResource, 2) } }),
    };
  } catch (error) {
    throw new ProtocolError('BadRequest', 'the protobuf body cannot be read', { cause: error });
  }
}

function bytesOf(message: ReadonlyMap<number, Uint8Array>, field: number): Uint8Array {
  return message.get(field) ?? new Uint8Array();
}

function of(from: Record<string, unknown>, name: string): string {
  const value = from[name] ?? '';
  if (typeof value !== 'string') throw new ProtocolError('BadRequest', `spec: ${name} must be a string`);
  return value;
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
