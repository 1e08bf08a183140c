import { createHash } from 'node:crypto';
import { copyFile, cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../../conformance/errors.ts';
import { equal, eventually, ok } from '../../conformance/runner/expectations.ts';
import type { Stage } from '../stage.ts';
import { step } from '../step.ts';
import { as, within } from './fields.ts';

/** The measurements of an image that there is not: 48 bytes each, in hex. */
function measurementsOf(image: string): string[] {
  return [0, 1, 2].map((index) => createHash('sha384').update(`${image} PCR${index}`).digest('hex'));
}

/** Placeholders of a master of that image, on this folder. */
function imageValues(image: string, dir: string): Record<string, string> {
  const [pcr0 = '', pcr1 = '', pcr2 = ''] = measurementsOf(image);
  return {
    'master.dir': dir,
    'attestation.pcr0': pcr0,
    'attestation.pcr1': pcr1,
    'attestation.pcr2': pcr2,
  };
}

function folderOf(s: Stage): string {
  const dir = s.world.values.get('master.dir');
  if (dir === undefined) throw new HarnessError('the master has no folder');
  return dir;
}

const hex = (bytes: Iterable<number>): string => Buffer.from([...bytes]).toString('hex');

export const enclaveSteps = [
  step('register-image', {
    about: 'the operator registers the measurements of another enclave image on chain',
    params: z.strictObject({ image: z.string().min(1) }),
    needs: ['admin'],
    say: (p) => `the measurements of the image ${p.image} are registered on chain`,
    run: async (s, p) => {
      const { calls } = s.t.chain;
      const { endpoint } = s.t.world.chain.ids;
      const { admin } = await s.t.control.operator({});
      ok('the operator holds the AdminCap', admin !== undefined);
      const pcrs = measurementsOf(p.image);
      const done = await s.t.chain.operate((tx) =>
        calls.setExpectedPcrs(
          tx,
          admin,
          endpoint,
          pcrs.map((pcr) => Buffer.from(pcr, 'hex')),
        ),
      );
      equal('what became of the transaction', done.kind, 'done');
      const object = await s.t.chain.object('NautilusEndpoint', endpoint);
      equal('the measurements expected on chain', object.expected_pcrs.map(hex), pcrs);
      s.values.set('enclave.key_version', String(object.key_version));
    },
  }),

  step('image-unseals-nothing', {
    about: 'the master is stopped, and one of another image on a copy of all it stored gives up',
    params: z.strictObject({ image: z.string().min(1), within_seconds: within(10) }),
    needs: ['enclaveImage', 'restart'],
    say: (p) => `a master of the image ${p.image} on a copy of the sealed store gives up`,
    run: async (s, p) => {
      await s.t.control.stop({ part: 'master' });
      const dir = join(s.world.runDir, `copy-${p.image.replaceAll(/[^a-z0-9]/gi, '-')}`);
      await cp(folderOf(s), dir, { recursive: true });
      const values = imageValues(p.image, dir);
      await s.t.control.start({ part: 'master', values, await: 'spawn' });
      s.t.defer(() => rm(dir, { recursive: true, force: true }));
      const { running, exit } = await s.t.control.ended({
        part: 'master',
        withinMs: p.within_seconds * 1000,
      });
      if (running) await s.t.control.kill({ part: 'master' });
      ok('it ends rather than serve what another image sealed', !running, {
        wanted: 'an exit',
        got: 'it runs',
      });
      ok('its exit code says so', typeof exit?.code === 'number' && exit.code !== 0, { got: exit });
      s.note(`it gave up with exit code ${exit?.code}`);
    },
  }),

  step('start-image', {
    about:
      'the master is replaced by one of another enclave image, which cannot unseal what the old one stored',
    params: z.strictObject({ image: z.string().min(1), within_seconds: within(20) }),
    needs: ['enclaveImage', 'restart'],
    say: (p) => `a master of the image ${p.image} takes over and registers a key of its own`,
    run: async (s, p) => {
      await s.t.control.stop({ part: 'master' });
      const dir = await freshFolder(s, p.image);
      const before = await s.t.chain.object('NautilusEndpoint', s.t.world.chain.ids.endpoint);
      await s.t.control.start({ part: 'master', values: imageValues(p.image, dir) });
      const after = await eventually(
        'the new enclave’s key on chain',
        async () => {
          const object = await s.t.chain.object('NautilusEndpoint', s.t.world.chain.ids.endpoint);
          return Number(object.key_version) > Number(before.key_version) ? object : undefined;
        },
        { withinMs: p.within_seconds * 1000, intervalMs: 100, signal: s.t.signal },
      );
      ok('it is another key', hex(after.public_key) !== hex(before.public_key));
      s.note(`key ${Number(before.key_version)} is retired, key ${Number(after.key_version)} is registered`);
    },
  }),

  step('new-namespace', {
    about: 'the administrator makes the scenario’s namespace again, on a master that starts with nothing',
    params: z.strictObject({ as, within_seconds: within(30) }),
    refers: { as: 'actor' },
    say: (p) => `${p.as} makes the namespace again within ${p.within_seconds} s`,
    run: async (s, p) => {
      const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: s.namespace } };
      await eventually(
        'the namespace',
        async () => {
          const made = await s.t.gateway
            .as(s.actor(p.as), 'POST', '/api/v1/namespaces', { body, timeoutMs: 4_000 })
            .catch(() => undefined);
          return made && [201, 409].includes(made.status) ? true : undefined;
        },
        { withinMs: p.within_seconds * 1000, intervalMs: 150, signal: s.t.signal },
      );
    },
  }),
];

/**
 * A folder for the new master with the files of the old one's (certificates), and without its folders (the sealed
 * store): what an operator moves to a new image.
 */
async function freshFolder(s: Stage, image: string): Promise<string> {
  const old = folderOf(s);
  const dir = join(s.world.runDir, `master-${image.replaceAll(/[^a-z0-9]/gi, '-')}`);
  await mkdir(dir, { recursive: true });
  for (const entry of await readdir(old, { withFileTypes: true }))
    if (entry.isFile()) await copyFile(join(old, entry.name), join(dir, entry.name));
  return dir;
}
