import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../errors.ts';
import { schemaOf } from '../schema/schemas.ts';
import { decodeProtobuf } from './decode.ts';
import { fieldNumbers } from './field-numbers.ts';

const MAGIC = [0x6b, 0x38, 0x73, 0];

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >> 7)];
}
const bytes = (number: number, content: readonly number[]): number[] => [
  ...varint(number * 8 + 2),
  ...varint(content.length),
  ...content,
];
const text = (number: number, content: string): number[] => bytes(number, [...Buffer.from(content)]);
const int = (number: number, value: number): number[] => [...varint(number * 8), ...varint(value)];

function unknown(apiVersion: string, kind: string, raw: readonly number[]): Uint8Array {
  return Uint8Array.from([
    ...MAGIC,
    ...bytes(1, [...text(1, apiVersion), ...text(2, kind)]),
    ...bytes(2, raw),
    ...text(3, ''),
    ...text(4, ''),
  ]);
}

describe('decodeProtobuf', () => {
  it('reads an access review', () => {
    const attributes = [...text(1, 'default'), ...text(2, 'get'), ...text(3, ''), ...text(5, 'pods')];
    const raw = [
      ...bytes(1, [...text(1, ''), ...bytes(8, [])]),
      ...bytes(2, bytes(1, attributes)),
      ...bytes(3, int(1, 0)),
    ];
    expect(decodeProtobuf(unknown('authorization.k8s.io/v1', 'SelfSubjectAccessReview', raw))).toEqual({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      metadata: {},
      spec: { resourceAttributes: { namespace: 'default', verb: 'get', resource: 'pods' } },
      status: { allowed: false },
    });
  });

  it('reads maps, lists, numbers, times and either-or values', () => {
    const entry = [...text(1, 'app'), ...text(2, 'web')];
    const port = [...text(2, 'TCP'), ...int(3, 80), ...bytes(4, [...int(1, 1), ...text(3, 'http')])];
    const metadata = [...text(1, 'a'), ...bytes(11, entry), ...bytes(8, int(1, 1_700_000_000))];
    const raw = [
      ...bytes(1, metadata),
      ...bytes(2, [...bytes(1, port), ...bytes(1, int(3, 300)), ...bytes(2, entry)]),
    ];
    expect(decodeProtobuf(unknown('v1', 'Service', raw))).toEqual({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a', labels: { app: 'web' }, creationTimestamp: '2023-11-14T22:13:20.000Z' },
      spec: {
        ports: [{ protocol: 'TCP', port: 80, targetPort: 'http' }, { port: 300 }],
        selector: { app: 'web' },
      },
    });
  });

  it.each([
    ['a kind it does not know', unknown('v1', 'Gadget', []), 415],
    ['a field it does not know', unknown('v1', 'ConfigMap', text(99, 'x')), 415],
    ['no magic', Uint8Array.of(1, 2, 3, 4), 400],
    ['a message that breaks off', Uint8Array.from([...MAGIC, 0x0a, 0x7f, 1]), 400],
    ['an endless number', Uint8Array.from([...MAGIC, ...Array<number>(12).fill(0xff)]), 400],
    ['the wrong wire type', unknown('v1', 'ConfigMap', int(1, 5)), 400],
    ['text that is not UTF-8', unknown('v1', 'ConfigMap', bytes(1, bytes(1, [0xff]))), 400],
  ])('refuses %s', (_case, body, code) => {
    expect(() => decodeProtobuf(body)).toThrow(ApiError);
    try {
      decodeProtobuf(body);
    } catch (error) {
      expect((error as ApiError).code).toBe(code);
    }
  });

  it('fails only with a Status, whatever the bytes', () => {
    const kind = fc.constantFrom('ConfigMap', 'Deployment', 'SelfSubjectReview');
    fc.assert(
      fc.property(kind, fc.array(fc.nat(255), { maxLength: 40 }), (name, raw) => {
        try {
          decodeProtobuf(unknown('v1', name, raw));
        } catch (error) {
          expect(error).toBeInstanceOf(ApiError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('its table names fields that exist', () => {
    for (const line of fieldNumbers.trim().split('\n')) {
      const [type = '', body = ''] = line.split(':');
      for (const part of body.split(',').filter((item) => item.trim() !== '')) {
        expect([...schemaOf(type).fields.keys()], type).toContain(part.trim().split(' ')[1]);
      }
    }
  });
});
