import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalTarget } from './canonical-path.ts';

test.each([
  ['/api/v1/pods', '/api/v1/pods', ''],
  ['/api/v1/pods?limit=500&continue=a%2Fb', '/api/v1/pods', 'limit=500&continue=a%2Fb'],
  ['/api/v1/namespaces/%64efault/pods', '/api/v1/namespaces/default/pods', ''],
  ['/api/v1/pods/a%3ab', '/api/v1/pods/a%3Ab', ''],
  ['/api/', '/api/', ''],
  ['/x?', '/x', ''],
  ['/x?a?b', '/x', 'a?b'],
  ['/a..b/...', '/a..b/...', ''],
])('%s', (target, path, query) => {
  expect(canonicalTarget(target)).toEqual({ ok: true, path, query });
});

test.each([
  'https://host/api',
  'api/v1',
  '*',
  '',
  '//host/api',
  '/api//v1',
  '/api/../v1',
  '/api/..',
  '/./api',
  '/api/%2e%2e/secrets',
  '/api/%2E/secrets',
  '/api/v1/namespaces/a%2fb',
  '/api/v1/namespaces/a%5cb',
  '/api\\v1',
  '/api/%00',
  '/api/\u0000',
  '/api/%0d%0aX-Remote-User:admin',
  '/api/%7f',
  '/api/%2',
  '/api/%zz',
  '/api v1',
  '/api#v1',
  '/apí',
  '/x?a b',
  '/x?a#b',
  `/${'a'.repeat(9000)}`,
])('refuses %j', (target) => {
  expect(canonicalTarget(target).ok).toBe(false);
});

test('never throws; canonical stays canonical; a URL parser reads the same path', () => {
  const unit = fc.constantFrom(
    '/',
    '.',
    '%',
    '2',
    'e',
    'E',
    'f',
    'F',
    '0',
    'a',
    '?',
    '~',
    ':',
    '-',
    '%2e',
    '%41',
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 20 }), (rest) => {
      const first = canonicalTarget(`/${rest}`);
      if (!first.ok) return;
      const again = canonicalTarget(first.query === '' ? first.path : `${first.path}?${first.query}`);
      expect(again).toEqual(first);
      expect(new URL(first.path, 'http://host').pathname).toBe(first.path);
    }),
    { numRuns: 3000 },
  );
});
