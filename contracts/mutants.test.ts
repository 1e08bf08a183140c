import { expect, it } from 'vitest';
import { buildContracts, contractSources } from './build.ts';
import { CONTRACT_MUTANTS, contractMutant, mutated } from './mutants.ts';

it('has an id of its own for each mutant', () => {
  expect(new Set(CONTRACT_MUTANTS.map(({ id }) => id)).size).toBe(CONTRACT_MUTANTS.length);
  expect(contractMutant('lock-ignored')?.title).toMatch(/lock/u);
  expect(contractMutant('fail-open')).toBeUndefined();
  expect(contractMutant(undefined)).toBeUndefined();
});

it.each(CONTRACT_MUTANTS)(
  'compiles $id, which differs from the package',
  { timeout: 30_000 },
  async (mutant) => {
    const [clean, changed] = await Promise.all([buildContracts(), buildContracts({ mutant })]);
    expect(changed.modules).toHaveLength(clean.modules.length);
    expect(changed.digest).not.toEqual(clean.digest);
  },
);

it('refuses an edit that fits no place or two', async () => {
  const sources = await contractSources({ tests: false });
  for (const replace of ['no such text', 'assert!']) {
    const edits = [{ file: 'sources/staking.move', replace, with: '' }] as const;
    expect(() => mutated(sources, { id: 'demo', defects: [], title: 'demo', edits })).toThrow(/mutant demo/u);
  }
});
