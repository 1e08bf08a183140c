import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../meta/objects.ts';
import { parseFieldSelector } from './fields.ts';

const getters = {
  'metadata.name': (object: KubeObject) => object.metadata.name,
  'spec.x': (object: KubeObject) => String(object['x'] ?? ''),
};
const object: KubeObject = { apiVersion: 'v1', kind: 'T', metadata: { name: 'a' }, x: 'b,c' };

describe('parseFieldSelector', () => {
  it.each([
    ['', true],
    ['metadata.name=a', true],
    ['metadata.name==a', true],
    ['metadata.name!=a', false],
    ['metadata.name=a,spec.x=b\\,c', true],
    ['spec.x=', false],
    ['spec.x!=', true],
  ])('%j matches: %s', (text, wanted) => {
    expect(parseFieldSelector(text, getters).matches(object)).toBe(wanted);
  });

  it('names the one object a selector can match', () => {
    expect(parseFieldSelector('metadata.name=a', getters).name).toBe('a');
    expect(parseFieldSelector('metadata.name!=a', getters).name).toBeUndefined();
  });

  it.each(['spec.y=1', 'toString=1', 'metadata.name', 'spec.x=a\\b'])('refuses %j', (text) => {
    expect(() => parseFieldSelector(text, getters)).toThrow();
  });
});
