import { expect, test } from 'vitest';
import { requireOwnConnection } from './own-connection.ts';

test('a credential passes over the connection of its own wallet, or where there are no certificates', () => {
  requireOwnConnection({ clientName: '0xa' }, '0xa');
  requireOwnConnection({ clientName: undefined }, '0xa');
});

test.each(['0xb', '', '0xA'])('and not over one that names %j', (clientName) => {
  expect(() => requireOwnConnection({ clientName }, '0xa')).toThrow(
    expect.objectContaining({ reason: 'BindingMismatch' }),
  );
});
