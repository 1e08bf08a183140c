import { expect, test } from 'vitest';
import { KnownCredentials } from './known-credentials.ts';
import type { Credential } from './parse-credential.ts';

const credential = (payload: string) => ({ payload }) as Credential;

test('gives what was added under the very same text', () => {
  const known = new KnownCredentials(10);
  const one = credential('one');
  known.add('seal1.a.b', one);
  expect(known.get('seal1.a.b')).toBe(one);
  expect(known.get('seal1.a.B')).toBeUndefined();
});

test('at its bound the oldest leaves, and without room nothing is kept', () => {
  const known = new KnownCredentials(2);
  for (const text of ['1', '2', '3']) known.add(text, credential(text));
  expect(['1', '2', '3'].map((text) => known.get(text)?.payload)).toEqual([undefined, '2', '3']);
  const none = new KnownCredentials(0);
  none.add('1', credential('1'));
  expect(none.get('1')).toBeUndefined();
});
