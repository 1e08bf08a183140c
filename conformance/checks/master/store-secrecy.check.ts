import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, eventually, ok } from '../../runner/expectations.ts';
import { OwnMaster } from '../../world/own-master.ts';
import { encodingsOf, holdsNone } from '../security/secrets.ts';
import { changedSmallFiles, contentsOf, putBack, repeats, type Contents } from './store-files.ts';

const startsParts = true;
const timeoutMs = 60_000;
const SECRETS = '/api/v1/namespaces/default/secrets';
const MAPS = '/api/v1/namespaces/default/configmaps';

/** The same in every store, so that equal bytes on disk can come from equal keys and vectors alone. */
const TEXT = 'the same text in every object of this check; '.repeat(60);

const metadata = (name: string): object => ({ name, namespace: 'default' });

interface Sealed {
  contents: Contents;
  /** The same of a second master. */
  other: Contents;
  canary: string;
}

/** Stores the same in two masters and reads their files; once for all checks of a process. */
function sealed(t: CheckContext): Promise<Sealed> {
  // In the context of whoever asks first: its masters have nothing to do afterwards.
  return t.shared('two sealed stores', () => seal(t));
}

async function seal(t: CheckContext): Promise<Sealed> {
  const canary = `canary-${t.name('value')}-${t.name('value')}`;
  const filled = async (): Promise<Contents> => {
    const own = await OwnMaster.start(t);
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: metadata('kept'), stringData: { canary } };
    await own.created(SECRETS, secret);
    for (const name of ['first', 'other'])
      await own.created(MAPS, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: metadata(name),
        data: { text: TEXT, canary },
      });
    const read = await own.t.master.asReader('GET', `${SECRETS}/kept`);
    equal(
      'the Secret as it is read',
      at(read.json, 'data', 'canary'),
      Buffer.from(canary).toString('base64'),
    );
    return contentsOf(own);
  };
  const [contents = new Map(), other = new Map()] = await Promise.all([filled(), filled()]);
  return { contents, other, canary };
}

/** The value of a Secret as a master reads it: undefined when it does not. */
async function valueOf(own: OwnMaster, name: string): Promise<unknown> {
  const answer = await own.t.master.asReader('GET', `${SECRETS}/${name}`).catch(() => undefined);
  return at(answer?.json, 'data', 'value');
}

const secretOf = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'default' },
  data: { value: Buffer.from(name).toString('base64') },
});

const held = (name: string): string => Buffer.from(name).toString('base64');

export default defineChecks([
  check(
    'MS-STO-001',
    'no file holds a value, as it is, in base64 or in hex',
    { mutants: ['store-plaintext'], startsParts, timeoutMs },
    async (t) => {
      const { contents, canary } = await sealed(t);
      ok('there are files', contents.size > 0);
      for (const [path, content] of contents) holdsNone(path, content, encodingsOf(canary));
    },
  ),

  check(
    'MS-STO-002',
    'two stores keep the same object in different bytes',
    { mutants: ['store-constant-key'], startsParts, timeoutMs },
    async (t) => {
      const { contents, other } = await sealed(t);
      equal('stretches of bytes that both have', repeats(contents, other), 0);
    },
  ),

  check(
    'MS-STO-003',
    'the same value is written in different bytes each time',
    { mutants: ['store-constant-key'], startsParts, timeoutMs },
    async (t) => {
      const { contents } = await sealed(t);
      equal('stretches of bytes that come again', repeats(contents), 0);
    },
  ),

  check(
    'MS-STO-004',
    'a master of another measurement cannot read the store, the first one can',
    { mutants: ['sealed-to-nobody'], startsParts, timeoutMs },
    async (t: CheckContext) => {
      t.needs(
        'a master whose files use {{attestation.pcr0}}',
        t.world.master?.placeholders.includes('attestation.pcr0') ?? false,
      );
      const own = await OwnMaster.start(t);
      await own.created(SECRETS, secretOf('kept'));
      await own.stop();
      const contents = await contentsOf(own);
      const outcome = await own.startOnDamage({ 'attestation.pcr0': 'ab'.repeat(48) });
      if (outcome === 'serves') {
        equal('the Secret under another measurement', await valueOf(own, 'kept'), undefined);
        await own.kill();
      } else ok('the refusal has an exit code', outcome.code !== 0, { got: outcome });
      await putBack(own, contents);
      await own.start();
      equal('the Secret under its own measurement', await valueOf(own, 'kept'), held('kept'));
    },
  ),

  check(
    'MS-STO-006',
    'data from before a key rotation is readable during and after it, and after a restart',
    { mutants: ['rotated-key-lost'], startsParts, timeoutMs },
    async (t: CheckContext) => {
      t.needs('master.rotate_keys in the target file', t.world.master?.rotates === true);
      const own = await OwnMaster.start(t);
      const names = ['a', 'b', 'c'];
      for (const name of names) await own.created(SECRETS, secretOf(name));
      const before = await contentsOf(own);
      await t.control.rotateKeys({ part: own.id });
      const readable = async (when: string): Promise<void> => {
        for (const name of names) equal(`${name} ${when}`, await valueOf(own, name), held(name));
      };
      await eventually(
        'a change of a key’s file',
        async () => {
          await readable('during the rotation');
          return changedSmallFiles(before, await contentsOf(own)).length > 0 ? true : undefined;
        },
        { withinMs: 8_000, intervalMs: 30 },
      );
      await readable('after the rotation');
      await own.stop();
      await own.start();
      await readable('after a restart');
    },
  ),

  check(
    'MS-STO-007',
    'keys rotate on demand and in time without a failed request, and new writes use the new key',
    { mutants: ['store-never-rotates'], startsParts, timeoutMs },
    async (t: CheckContext) => {
      t.needs('master.rotate_keys in the target file', t.world.master?.rotates === true);
      const own = await OwnMaster.start(t);
      await own.created(SECRETS, secretOf('before'));
      const before = await contentsOf(own);
      const stop = new AbortController();
      const writing = writeUntil(own, stop.signal);
      await t.control.rotateKeys({ part: own.id });
      const changed = await eventually(
        'a change of a key’s file',
        async () => {
          const paths = changedSmallFiles(before, await contentsOf(own));
          return paths.length > 0 ? paths : undefined;
        },
        { withinMs: 8_000, intervalMs: 50 },
      );
      stop.abort();
      ok('writes went on meanwhile', (await writing) > 0);
      await own.created(SECRETS, secretOf('after'));
      await own.stop();
      const present = await contentsOf(own);
      // With the keys of before, what was written since cannot be read.
      const rolledBack = new Map(present);
      for (const path of changed) rolledBack.set(path, before.get(path) ?? Buffer.alloc(0));
      await putBack(own, rolledBack);
      const outcome = await own.startOnDamage();
      if (outcome === 'serves') equal('what only the new key opens', await valueOf(own, 'after'), undefined);
      await own.kill();
      await putBack(own, present);
      await own.start({ values: { 'intervals.key_rotation_seconds': '1' } });
      equal('what the new key sealed', await valueOf(own, 'after'), held('after'));
      const started = await contentsOf(own);
      await eventually(
        'a rotation in time',
        async () => (changedSmallFiles(started, await contentsOf(own)).length > 0 ? true : undefined),
        { withinMs: 8_000, intervalMs: 100 },
      );
      equal('what was written first', await valueOf(own, 'before'), held('before'));
    },
  ),
]);

/** Writes one Secret after the other, each of which must be acknowledged; how many they were. */
async function writeUntil(own: OwnMaster, signal: AbortSignal): Promise<number> {
  let count = 0;
  do {
    await own.created(SECRETS, secretOf(`meanwhile-${count}`));
    count += 1;
  } while (!signal.aborted);
  return count;
}
