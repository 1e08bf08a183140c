import { expect, test } from 'vitest';
import { buildPackage, contractSources } from '../../contracts/build.ts';
import { caseCount, runDifferential } from './testing/differential/differential.ts';

// A few of the cases that `npm run test:contracts` has by the thousand.
const seed = Number(process.env['DIFFERENTIAL_SEED'] ?? 20_261_121);

test('the localnet and the Move machine of the compiler agree on programs and functions', async () => {
  const report = await runDifferential({ seed, programs: 15, snippets: 25 });
  expect(report.disagreements, `DIFFERENTIAL_SEED=${seed} replays it`).toEqual([]);
  expect(report.calls).toBeGreaterThan(100);
  expect(report.aborts).toBeGreaterThan(20);
  expect(caseCount(report)).toBeGreaterThan(300);
}, 120_000);

test.each([
  ['a value', /taken = record.amount \/ SLASH_DIVISOR/, 'taken = record.amount / 11', /slash\(/],
  ['an abort', /assert!\(ctx.sender\(\) == token.owner, EUnauthorised\);/, '', /(shorten|revoke)\(/],
])(
  'a network on which %s differs is found out, by a small program',
  async (_what, sound, defect, call) => {
    const sources = Object.entries(await contractSources({ tests: false }));
    const changed = sources.map(([path, text]) => [path, text.replace(sound, defect)] as const);
    expect(changed).not.toEqual(sources);
    const contracts = await buildPackage(Object.fromEntries(changed), 'k3s_daas');
    const report = await runDifferential({ seed: 20_261_121, programs: 8, snippets: 0, contracts });
    expect(report.disagreements).toHaveLength(1);
    const [told] = report.disagreements as [string];
    expect(told).toMatch(call);
    // The endpoint and the gateway that every program begins with, and next to nothing else.
    expect(told.match(/ → /gu)?.length).toBeLessThanOrEqual(7);
  },
  120_000,
);
