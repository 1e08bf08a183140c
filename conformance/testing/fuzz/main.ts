import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';
import { parsersOf, type FuzzResult } from './parser.ts';

/**
 * npm run fuzz -- [--minutes N] [--seed N] [--only NAME] [--parsers MODULE]…
 * Fuzzes every parser of the modules for an equal share of the time, two at once. Exit code 1 for a crash, a hang or growth.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string' },
    only: { type: 'string' },
    parsers: { type: 'string', multiple: true, default: ['conformance/testing/fuzz/parsers.ts'] },
  },
});
const minutes = Number(values.minutes);
const seed = values.seed === undefined ? randomInt(2 ** 31) : Number(values.seed);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  process.stderr.write('--minutes takes a number above 0, --seed a whole number\n');
  process.exit(2);
}

const THREADS = 2;
const modules = values.parsers.map((path) => pathToFileURL(resolve(path)).href);
const jobs: { module: string; name: string }[] = [];
for (const module of modules) {
  for (const { name } of parsersOf(await import(module), module)) jobs.push({ module, name });
}
const wanted = jobs.filter(({ name }) => values.only === undefined || name.includes(values.only));
if (wanted.length === 0) {
  process.stderr.write(
    `--only ${values.only} matches no parser; known: ${jobs.map(({ name }) => name).join(', ')}\n`,
  );
  process.exit(2);
}
const ms = (minutes * 60_000 * Math.min(THREADS, wanted.length)) / wanted.length;
process.stdout.write(`${wanted.length} parsers, ${Math.round(ms / 1000)} s each, seed ${seed}\n`);
process.stdout.write(`${'parser'.padEnd(34)} cases/s      cases  accepted  slowest ms  growth KiB  faults\n`);

const results: FuzzResult[] = [];
async function worker(): Promise<void> {
  for (let job = wanted.shift(); job; job = wanted.shift()) {
    const result = await fuzz({ ...job, seed, ms });
    results.push(result);
    show(result);
  }
}
await Promise.all(Array.from({ length: THREADS }, worker));

const cases = results.reduce((sum, result) => sum + result.cases, 0);
const spent = results.reduce((sum, result) => sum + result.ms, 0);
const faults = results.reduce((sum, result) => sum + result.faults.length, 0);
process.stdout.write(
  `${cases} cases, ${Math.round((cases * 1000) / spent)} a second and thread, ${faults} faults, seed ${seed}\n`,
);
process.exitCode = faults > 0 ? 1 : 0;

function show({
  name,
  cases: count,
  accepted,
  ms: took,
  slowestMs,
  growthBytes,
  faults: found,
}: FuzzResult): void {
  const columns = [
    name.padEnd(34),
    String(Math.round((count * 1000) / took)).padStart(7),
    String(count).padStart(10),
    String(accepted).padStart(9),
    slowestMs.toFixed(1).padStart(11),
    String(Math.round(growthBytes / 1024)).padStart(11),
    String(found.length).padStart(7),
  ];
  process.stdout.write(`${columns.join(' ')}\n`);
  for (const { kind, message, input } of found) {
    process.stdout.write(
      `  ${kind}: ${message}\n${input === undefined ? '' : `    input (base64): ${input}\n`}`,
    );
  }
}
