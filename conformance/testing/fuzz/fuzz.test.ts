import { describe, expect, it } from 'vitest';
import { fuzz } from './fuzz.ts';
import { drawsFrom, invented, mutated } from './mutate.ts';
import type { FuzzResult } from './parser.ts';

const MODULE = new URL('planted.ts', import.meta.url).href;

/** A busy machine may stop a thread for a while: only the parser that never ends is to count as hung. */
const run = (
  name: string,
  more: { growthLimitBytes?: number; ms?: number; hangMs?: number } = {},
): Promise<FuzzResult> => fuzz({ module: MODULE, name, seed: 7, ms: 400, hangMs: 15_000, ...more });

describe('fuzz', () => {
  it('finds nothing in a sound parser, and both accepts and refuses', async () => {
    const result = await run('sound');
    expect(result.faults).toEqual([]);
    expect(result.accepted).toBeGreaterThan(0);
    expect(result.accepted).toBeLessThan(result.cases);
  });

  it('finds a parser that throws what it does not refuse by, and names the input', async () => {
    const { faults } = await run('throws');
    expect(faults[0]).toMatchObject({ kind: 'crash' });
    expect(faults[0]?.message).toContain('TypeError');
    const input = Buffer.from(faults[0]?.input ?? '', 'base64').toString('utf8');
    expect(() => (JSON.parse(input) as { list: number[] }).list.length).toThrow(TypeError);
  });

  it('ends a parser that hangs, and names the input', async () => {
    const { faults } = await run('hangs', { ms: 20_000, hangMs: 1_000 });
    expect(faults).toMatchObject([{ kind: 'hang' }]);
    expect(Buffer.from(faults[0]?.input ?? '', 'base64').includes('\\')).toBe(true);
  });

  it('finds a parser that keeps what it was given', async () => {
    const { faults } = await run('leaks', { growthLimitBytes: 256 * 1024 });
    expect(faults).toMatchObject([{ kind: 'growth' }]);
  });

  it('does not take a parser that refuses its own samples for a good one', async () => {
    const { faults } = await run('refuses everything');
    expect(faults).toMatchObject([{ kind: 'sample-refused' }]);
  });
});

describe('inputs', () => {
  it('are the same for the same seed, and differ from the sample', () => {
    const sample = [Buffer.from('a sample of some length')];
    const make = (seed: number): Uint8Array[] => {
      const draw = drawsFrom(seed);
      return Array.from({ length: 50 }, () => mutated(sample, draw));
    };
    expect(make(1)).toEqual(make(1));
    expect(make(1)).not.toEqual(make(2));
    expect(make(1).filter((made) => !sample[0]?.equals(made)).length).toBeGreaterThan(40);
    expect(invented(3, 20)).toEqual(invented(3, 20));
  });
});
