import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, eventually, ok } from '../../runner/expectations.ts';
import { OwnMaster } from '../../world/own-master.ts';
import { contentsOf, isBinary, putBack, type Contents } from './store-files.ts';

const startsParts = true;
const timeoutMs = 60_000;
const MAPS = '/api/v1/namespaces/default/configmaps';
const NAMES = ['object-1', 'object-2', 'object-3', 'object-4', 'object-5'];
const VALUE_BYTES = 600;

const valueOf = (name: string): string => name.repeat(VALUE_BYTES / name.length);

/** Where the bytes of one write stand in a file. */
interface Region {
  path: string;
  from: number;
  to: number;
}

/** A master that was killed after some writes, its files, and where each write went. */
interface Prey {
  own: OwnMaster;
  contents: Contents;
  regions: ReadonlyMap<string, readonly Region[]>;
}

async function prey(t: CheckContext): Promise<Prey> {
  const own = await OwnMaster.start(t);
  const regions = new Map<string, Region[]>();
  let before = await contentsOf(own);
  for (const name of NAMES) {
    await own.created(MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'default' },
      data: { value: valueOf(name) },
    });
    const after = await contentsOf(own);
    const grown = [...after]
      .filter(([, content]) => isBinary(content))
      .map(([path, content]) => ({ path, from: before.get(path)?.length ?? 0, to: content.length }))
      .filter(({ from, to }) => to - from >= VALUE_BYTES);
    regions.set(name, grown);
    before = after;
  }
  await own.kill();
  const contents = await contentsOf(own);
  t.needs('a store that appends its writes to files', (regions.get(NAMES[1]!)?.length ?? 0) > 0);
  return { own, contents, regions };
}

/**
 * Damages a copy of the files and starts the master on them: it either refuses, loudly, or every object is what it was.
 * `mayLack` is what a crash may have kept from being stored.
 */
async function attack(
  { own, contents }: Prey,
  what: string,
  damage: (files: Map<string, Buffer>) => void,
  mayLack: readonly string[] = [],
): Promise<'serves' | 'refuses'> {
  const files = new Map([...contents].map(([path, content]) => [path, Buffer.from(content)]));
  damage(files);
  await putBack(own, files);
  const said = (await own.logs()).length;
  const outcome = await own.startOnDamage();
  if (outcome !== 'serves') {
    ok(`${what}: the refusal has an exit code`, outcome.code !== 0 && outcome.code !== null, {
      got: outcome,
    });
    const words = (await own.logs()).slice(said);
    ok(`${what}: the refusal is reported`, words.trim().length > 0, { got: words });
    return 'refuses';
  }
  for (const name of NAMES) {
    const { status, json } = await own.t.master.asReader('GET', `${MAPS}/${name}`);
    if (status >= 500 || (status === 404 && mayLack.includes(name))) continue;
    equal(`${what}: ${name} as it is served`, [status, at(json, 'data', 'value')], [200, valueOf(name)]);
  }
  await own.kill();
  return 'serves';
}

export default defineChecks([
  check(
    'MS-STO-005',
    'ciphertext that was moved, or changed by one bit, is not served',
    { mutants: ['damage-cut-off'], startsParts, timeoutMs },
    async (t) => {
      const target = await prey(t);
      const [second = [], third = []] = [NAMES[1]!, NAMES[2]!].map((name) => target.regions.get(name));
      for (const [index, { path, from, to }] of second.entries()) {
        const bit = (t.seed >>> index) % ((to - from) * 8);
        await attack(target, `bit ${bit} of a write flipped`, (files) => {
          const content = files.get(path)!;
          const place = from + (bit >> 3);
          content.writeUInt8(content.readUInt8(place) ^ (1 << (bit & 7)), place);
        });
      }
      await attack(target, 'two writes swapped', (files) => {
        for (const one of second) {
          const other = third.find(({ path }) => path === one.path);
          const content = files.get(one.path)!;
          if (!other) continue;
          const piece = ({ from, to }: { from: number; to: number }): Buffer => content.subarray(from, to);
          const between = { from: one.to, to: other.from };
          const [head, tail] = [
            { from: 0, to: one.from },
            { from: other.to, to: content.length },
          ];
          files.set(one.path, Buffer.concat([head, other, between, one, tail].map(piece)));
        }
      });
      await putBack(target.own, target.contents);
      await target.own.start();
    },
  ),

  check(
    'MS-STO-012/torn',
    'a torn last record is dropped and the master starts with all others',
    { mutants: ['torn-log-refused'], startsParts, timeoutMs },
    async (t) => {
      const target = await prey(t);
      const last = NAMES.at(-1)!;
      const tear = (files: Map<string, Buffer>): void => {
        for (const { path } of target.regions.get(last) ?? []) {
          const content = files.get(path)!;
          files.set(path, content.subarray(0, content.length - 1 - (t.seed % 40)));
        }
      };
      equal('a start after a torn write', await attack(target, 'torn', tear, [last]), 'serves');
    },
  ),

  check(
    'MS-STO-012/damage',
    'a hole in the middle of a log is reported and never served',
    { mutants: ['damage-cut-off'], startsParts, timeoutMs },
    async (t) => {
      const target = await prey(t);
      await attack(target, 'a stretch of zeros', (files) => {
        for (const { path, from, to } of target.regions.get(NAMES[1]!) ?? [])
          files.get(path)!.fill(0, from, to);
      });
      await attack(target, 'a write cut out', (files) => {
        for (const { path, from, to } of target.regions.get(NAMES[2]!) ?? []) {
          const content = files.get(path)!;
          files.set(path, Buffer.concat([content.subarray(0, from), content.subarray(to)]));
        }
      });
    },
  ),

  check(
    'MS-STO-011/random',
    'of writes under way at kills at random moments none that was acknowledged is lost',
    { mutants: ['acknowledged-before-log'], startsParts, timeoutMs },
    async (t) => {
      const own = await OwnMaster.start(t);
      const acknowledged = new Map<string, unknown>();
      for (let round = 0; round < 2; round += 1) {
        const writes = Array.from({ length: 16 }, async (_, index) => {
          const name = `kept-${round}-${index}`;
          const metadata = { name, namespace: 'default' };
          const answer = await own
            .run({ method: 'POST', target: MAPS, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata } })
            .catch(() => undefined);
          if (answer?.status === 201) acknowledged.set(name, at(answer.json, 'metadata'));
        });
        const wanted = acknowledged.size + 1 + ((t.seed >>> (round * 4)) % 12);
        await eventually(`${wanted} writes`, () => acknowledged.size >= wanted || undefined, {
          withinMs: 20_000,
        });
        await own.kill();
        await Promise.all(writes);
        await own.start();
        for (const [name, metadata] of acknowledged) {
          const { json } = await own.t.master.asReader('GET', `${MAPS}/${name}`);
          const same = ['uid', 'resourceVersion'].map((field) => at(json, 'metadata', field));
          equal(`${name} after the kill`, same, [at(metadata, 'uid'), at(metadata, 'resourceVersion')]);
        }
      }
    },
  ),
]);
