import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../errors.ts';
import { aggregatedVersion } from '../discovery/aggregated.ts';
import { viewOf } from './accept.ts';
import { parseJsonBytes, parseJsonText } from './json-text.ts';
import { listOptions, writeOptions } from './options.ts';
import { parseResourcePath } from './path.ts';

describe('parseJsonText', () => {
  it('finds duplicate keys with their paths', () => {
    const text = '{"a":1,"b":[{"c":1,"c":2},{"c":3}],"a":2,"\\u0061":3,"d":"{\\"a\\":1,\\"a\\":2}"}';
    expect(parseJsonText(text).duplicates).toEqual(['b[0].c', 'a', 'a']);
  });

  it('agrees with JSON.parse and finds no duplicates where there are none', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const { value, duplicates } = parseJsonText(JSON.stringify(JSON.parse(text)));
        expect(value).toEqual(JSON.parse(text));
        expect(duplicates).toEqual([]);
      }),
    );
  });

  it('refuses depth, invalid UTF-8 and malformed text', () => {
    expect(() => parseJsonText('['.repeat(600) + ']'.repeat(600))).toThrow('nested too deeply');
    expect(() => parseJsonText('['.repeat(100_000))).toThrow(ApiError);
    expect(() => parseJsonBytes(Uint8Array.of(0x22, 0xff, 0x22))).toThrow('invalid UTF-8');
    expect(() => parseJsonText('{"a":')).toThrow(ApiError);
    expect(() => parseJsonText('')).toThrow('unexpected end');
  });
});

describe('parseResourcePath', () => {
  const base = { group: '', version: 'v1', namespace: '', name: '', subresource: '' };
  it.each([
    ['/api/v1/pods', { ...base, plural: 'pods' }],
    [
      '/api/v1/namespaces/a/pods/b/log',
      { ...base, namespace: 'a', plural: 'pods', name: 'b', subresource: 'log' },
    ],
    ['/api/v1/namespaces/a', { ...base, plural: 'namespaces', name: 'a' }],
    ['/api/v1/namespaces/a/status', { ...base, plural: 'namespaces', name: 'a', subresource: 'status' }],
    [
      '/apis/apps/v1/namespaces/a/deployments/b/scale',
      { ...base, group: 'apps', namespace: 'a', plural: 'deployments', name: 'b', subresource: 'scale' },
    ],
  ])('%s', (path, wanted) => {
    expect(parseResourcePath(path)).toEqual(wanted);
  });

  it.each([
    '/api/v1',
    '/',
    '/version',
    '/api/v1/namespaces/a/pods/b/c/d',
    '/api/v1/pods/',
    '/api/v1//pods',
    '/api/v1/namespaces/a/pods/%2e%2e',
    '/api/v1/pods/a%2fb',
    '/api/v1/pods/%zz',
    '/apis/apps/v1',
  ])('refuses %s', (path) => {
    expect(parseResourcePath(path)).toBeUndefined();
  });
});

describe('viewOf', () => {
  it.each([
    [undefined, { as: 'object' }],
    ['*/*', { as: 'object' }],
    ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json', { as: 'table', version: 'v1' }],
    [
      'application/json;as=Table;v=v9;g=meta.k8s.io, application/json;as=Table;v=v1beta1;g=meta.k8s.io',
      { as: 'table', version: 'v1beta1' },
    ],
    ['application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io', { as: 'metadata', version: 'v1' }],
    ['application/vnd.kubernetes.protobuf, application/json', { as: 'object' }],
    ['application/json;q=0.1, application/json;as=Table;v=v1;g=meta.k8s.io', { as: 'table', version: 'v1' }],
  ])('%j', (accept, wanted) => {
    expect(viewOf(accept)).toEqual(wanted);
  });

  it.each(['text/html', 'application/vnd.kubernetes.protobuf', 'application/json;q=0'])(
    '406 for %j',
    (accept) => {
      expect(() => viewOf(accept)).toThrow('only the following media types');
    },
  );

  it('aggregated discovery is given to whoever prefers it', () => {
    const v2 = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    expect(aggregatedVersion(`${v2},application/json`)).toBe('v2');
    expect(
      aggregatedVersion('application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList'),
    ).toBe('v2beta1');
    expect(aggregatedVersion('application/json')).toBeUndefined();
  });
});

describe('options', () => {
  it('refuses combinations and malformed values', () => {
    for (const query of [
      'resourceVersionMatch=Exact',
      'resourceVersionMatch=Sometimes&resourceVersion=1',
      'resourceVersion=0&resourceVersionMatch=Exact',
      'resourceVersion=x',
      'resourceVersion=99999999999999999999',
      'limit=x',
      'sendInitialEvents=true',
      'watch=1&sendInitialEvents=true',
      'watch=1&resourceVersionMatch=NotOlderThan',
    ]) {
      expect(() => listOptions(new URLSearchParams(query)), query).toThrow(ApiError);
    }
    for (const query of [
      'dryRun=Some',
      'fieldValidation=Loose',
      `fieldManager=${'x'.repeat(129)}`,
      'fieldManager=%00',
    ]) {
      expect(() => writeOptions(new URLSearchParams(query), ''), query).toThrow(ApiError);
    }
  });

  it('takes the field manager from the user agent', () => {
    expect(writeOptions(new URLSearchParams(), 'kubectl/v1.32 (linux)').fieldManager).toBe('kubectl');
    expect(writeOptions(new URLSearchParams(), '').fieldManager).toBe('unknown');
  });
});
