import { expect, test } from 'vitest';
import { plain } from './evidence.ts';

test('amounts and bytes from the chain become JSON', () => {
  const got = plain({ amount: 10n ** 18n, rows: [Uint8Array.of(1, 255), null, 'x'], at: undefined });
  expect(JSON.parse(JSON.stringify(got))).toEqual({
    amount: '1000000000000000000',
    rows: ['0x01ff', null, 'x'],
  });
});
