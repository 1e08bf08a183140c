import { describe, expect, test } from 'vitest';
import { activeMutant, listMutants } from './index.ts';

describe('switching', () => {
  test('nothing is active without the variable', async () => {
    expect(await activeMutant({})).toBeUndefined();
    expect(await activeMutant({ K3S_DAAS_MUTANT: '' })).toBeUndefined();
  });

  test('a name loads that mutant and an unknown one is an error', async () => {
    expect(await activeMutant({ K3S_DAAS_MUTANT: 'fail-open' })).toMatchObject({ defects: ['D12'] });
    for (const name of ['nothing-like-it', '../index', 'support', 'steps', 'FAIL-OPEN']) {
      await expect(activeMutant({ K3S_DAAS_MUTANT: name })).rejects.toThrow('names no mutant');
    }
  });
});

describe('the list', () => {
  test('every mutant has an id of its own, a title and a hook, unless it is of the contracts', async () => {
    const mutants = await listMutants();
    expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
    for (const { id, defects, title, ...rest } of mutants) {
      const hooks = [rest.credential, rest.gateway, rest.master, rest.worker].filter(
        (hook) => hook !== undefined,
      );
      expect({ id, defects: defects.join(), title, hooks: hooks.length > 0 }).toEqual({
        id,
        defects: expect.stringMatching(/^(D\d\d(,D\d\d)*)?$/),
        title: expect.stringMatching(/./),
        hooks: rest.part !== 'contracts',
      });
    }
  });

  test('the credential and gateway defects are all there', async () => {
    const shown = new Set((await listMutants()).flatMap(({ defects }) => defects));
    const mine = 'D01 D02 D03 D04 D10 D11 D12 D13 D14 D21 D22 D33 D35 D42 D48 D51 D54'.split(' ');
    expect(mine.filter((id) => !shown.has(id))).toEqual([]);
  });
});
