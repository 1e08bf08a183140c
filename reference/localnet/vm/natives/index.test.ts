import { expect, test } from 'vitest';
import { frameworkStore } from '../testing/snippets.ts';
import { nativeFunction } from './index.ts';

test('every native function that the framework declares is there', async () => {
  const store = await frameworkStore();
  const natives = ['0x1', '0x2']
    .map((short) => store.package(`0x${short.slice(2).padStart(64, '0')}`))
    .flatMap((loaded) => [...(loaded?.modules.values() ?? [])])
    .flatMap((module) => module.functions.filter((fn) => fn.native));
  expect(natives.length).toBeGreaterThan(40);
  for (const fn of natives)
    expect(nativeFunction(fn), `${fn.module.name}::${fn.name}`).toBeTypeOf('function');
});
