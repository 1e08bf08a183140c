import { describe, expect, it } from 'vitest';
import { UsageError } from '../errors.ts';
import { fill, withValues } from './template.ts';

const values = new Map([
  ['chain.url', 'http://127.0.0.1:9000'],
  ['worker.node_id', 'n1'],
]);

const unknown = (): string => fill('{{chain.uri}}', values, 'files of the gateway');

describe('placeholders', () => {
  it('are filled, with or without spaces, as often as they stand', () => {
    expect(fill('{{chain.url}} {{ worker.node_id }}{{worker.node_id}}', values, 'x')).toBe(
      'http://127.0.0.1:9000 n1n1',
    );
  });

  it('are not looked for in what was filled in', () => {
    expect(fill('{{a}}', withValues(values, { a: '{{chain.url}}' }), 'x')).toBe('{{chain.url}}');
  });

  it('without a value are a usage error that names the known ones', () => {
    expect(unknown).toThrow(UsageError);
    expect(unknown).toThrow('files of the gateway: there is no value for {{chain.uri}}');
  });
});
