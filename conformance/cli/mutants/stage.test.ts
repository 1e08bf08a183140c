import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../requirements/catalogue.ts';
import { check } from '../../runner/check.ts';
import { lacking, targetFor } from './stage.ts';

const guard = (id: string) => check(id, 'a check', {}, async () => {});

describe('the target of a mutant', async () => {
  const catalogue = await loadCatalogue();

  it('is the pair of masters when nothing else can show it', () => {
    expect(targetFor([guard('MS-HA-001')], catalogue)).toBe('ha');
    expect(targetFor([guard('MS-HA-001'), guard('MS-HA-002')], catalogue)).toBe('ha');
  });

  it('is the usual one otherwise', () => {
    expect(targetFor([guard('MS-HA-004'), guard('MS-REQ-004/pushed-again')], catalogue)).toBe('target');
    expect(targetFor([guard('GW-CTR-001')], catalogue)).toBe('target');
    expect(targetFor([], catalogue)).toBe('target');
  });

  it('lacks nothing when it is the usual one', async () => {
    expect(await lacking('target')).toBeUndefined();
  });
});
