import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../errors.ts';
import { formatLabelSelector, matcherOf, parseLabelSelector } from './labels.ts';

const labels = { app: 'web', tier: 'front', n: '7', 'a.b/c': '' };

describe('parseLabelSelector', () => {
  it.each([
    ['', true],
    ['app=web', true],
    ['app==web', true],
    ['app=db', false],
    ['app!=db', true],
    ['missing!=x', true],
    ['app in (db, web)', true],
    ['app notin (db,web)', false],
    ['missing notin (x)', true],
    ['app', true],
    ['!app', false],
    ['!missing', true],
    ['n>6', true],
    ['n<7', false],
    ['app>1', false],
    ['app=web,tier=front', true],
    ['app=web,tier in (back)', false],
    ['a.b/c=', true],
    ['constructor', false],
    ['!toString', true],
  ])('%j matches: %s', (text, wanted) => {
    expect(parseLabelSelector(text)(labels)).toBe(wanted);
  });

  it.each(['=', 'a=b=c', 'a in b', 'a in (b', 'a b', 'a>x', '-a', 'a=-', 'a,,b'])('refuses %j', (text) => {
    expect(() => parseLabelSelector(text)).toThrow(ApiError);
  });

  it('a negated requirement is the complement of the plain one', () => {
    const value = fc.stringMatching(/^[a-c]{1,2}$/u);
    const some = fc.dictionary(fc.constantFrom('x', 'y'), value);
    fc.assert(
      fc.property(
        some,
        fc.constantFrom('x', 'y'),
        fc.array(value, { minLength: 1 }),
        (object, key, values) => {
          const list = values.join(',');
          expect(parseLabelSelector(`${key} in (${list})`)(object)).toBe(
            !parseLabelSelector(`${key} notin (${list})`)(object),
          );
          expect(parseLabelSelector(key)(object)).toBe(!parseLabelSelector(`!${key}`)(object));
        },
      ),
    );
  });
});

describe('matcherOf', () => {
  it('an absent selector matches nothing, an empty one everything', () => {
    expect(matcherOf(undefined)(labels)).toBe(false);
    expect(matcherOf({})(labels)).toBe(true);
  });

  it('agrees with its text form', () => {
    const selector = {
      matchLabels: { app: 'web' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['front', 'back'] },
        { key: 'x', operator: 'DoesNotExist' },
        { key: 'n', operator: 'Exists' },
        { key: 'app', operator: 'NotIn', values: ['db'] },
      ],
    };
    expect(formatLabelSelector(selector)).toBe('app=web,tier in (front,back),!x,n,app notin (db)');
    expect(matcherOf(selector)(labels)).toBe(true);
    expect(parseLabelSelector(formatLabelSelector(selector))(labels)).toBe(true);
  });
});
