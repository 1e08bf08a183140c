import * as client from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../errors.ts';
import { conform } from './conform.ts';
import { parseTypes } from './notation.ts';
import { qualifiedName, schemaOf, typeNames } from './schemas.ts';

interface Model {
  getAttributeTypeMap(): { baseName: string }[];
}

function modelOf(name: string): Model | undefined {
  const names: Record<string, string> = {
    Event: 'CoreV1Event',
    EventsEvent: 'EventsV1Event',
    EventSeries: 'CoreV1EventSeries',
    EventsEventSeries: 'EventsV1EventSeries',
    EndpointPort: 'CoreV1EndpointPort',
    UserInfo: 'V1UserInfo',
    ResourceClaim: 'CoreV1ResourceClaim',
  };
  const found: unknown = Reflect.get(client, names[name] ?? `V1${name}`);
  return typeof found === 'function' && 'getAttributeTypeMap' in found
    ? (found as unknown as Model)
    : undefined;
}

describe('schemas', () => {
  it('have the fields the official client knows', () => {
    for (const name of typeNames) {
      const model = modelOf(name);
      expect(model, name).toBeDefined();
      const wanted = model?.getAttributeTypeMap().map(({ baseName }) => baseName) ?? [];
      expect([...schemaOf(name).fields.keys()].toSorted(), name).toEqual(wanted.toSorted());
    }
  });

  it('keys of lists are fields of their items', () => {
    for (const name of typeNames) {
      for (const [field, { schema }] of schemaOf(name).fields) {
        if (schema.type !== 'list' || schema.keys.length === 0) continue;
        const { items } = schema;
        expect(items.type, `${name}.${field}`).toBe('struct');
        if (items.type === 'struct')
          expect([...items.fields.keys()], `${name}.${field}`).toEqual(
            expect.arrayContaining([...schema.keys]),
          );
      }
    }
  });

  it('names types as Kubernetes does in OpenAPI', () => {
    expect(qualifiedName('Pod')).toBe('io.k8s.api.core.v1.Pod');
    expect(qualifiedName('EventsEvent')).toBe('io.k8s.api.events.v1.Event');
  });

  it('the notation refuses what it cannot read', () => {
    expect(() => parseTypes(['A: x'])).toThrow('cannot read');
    expect(() => parseTypes(['A: x Missing'])).toThrow('no type is called Missing');
    expect(() => parseTypes(['A: x int', 'A: y int'])).toThrow('declared twice');
  });
});

describe('conform', () => {
  const pod = schemaOf('Pod');

  it('drops nulls and unknown fields and reports the latter', () => {
    const { object, unknown } = conform(
      JSON.parse(
        '{"metadata":{"name":"a","labels":null,"x":1},"spec":{"containers":[{"name":"c","imagee":"i"}]},"__proto__":{"y":1}}',
      ),
      pod,
    );
    expect(object).toEqual({ metadata: { name: 'a' }, spec: { containers: [{ name: 'c' }] } });
    expect(unknown).toEqual(['metadata.x', 'spec.containers[0].imagee', '__proto__']);
  });

  it.each([
    [{ metadata: { name: 1 } }, 'metadata.name'],
    [{ metadata: { labels: { a: 1 } } }, 'metadata.labels.a'],
    [{ spec: { containers: {} } }, 'spec.containers'],
    [{ spec: { containers: [{ ports: [{ containerPort: 1.5 }] }] } }, 'containerPort'],
    [{ spec: { hostNetwork: 'yes' } }, 'spec.hostNetwork'],
    [{ spec: { containers: [{ resources: { limits: { cpu: 'lots' } } }] } }, 'quantities must match'],
    [{ metadata: { creationTimestamp: 'yesterday' } }, 'creationTimestamp'],
    ['text', 'Pod'],
  ])('refuses %j', (value, text) => {
    expect(() => conform(value, pod)).toThrow(ApiError);
    expect(() => conform(value, pod)).toThrow(text);
  });

  it('drops optional lists and maps without entries, and keeps empty objects', () => {
    const { object } = conform(
      {
        metadata: { labels: {}, finalizers: [] },
        spec: { containers: [], volumes: [{ name: 'v', emptyDir: {} }] },
      },
      pod,
    );
    expect(object).toEqual({
      metadata: {},
      spec: { containers: [], volumes: [{ name: 'v', emptyDir: {} }] },
    });
  });

  it('keeps a label called __proto__ a label', () => {
    const { object } = conform(JSON.parse('{"metadata":{"labels":{"__proto__":"x"}}}'), pod);
    expect(JSON.stringify(object)).toBe('{"metadata":{"labels":{"__proto__":"x"}}}');
  });
});
