import { randomBytes, X509Certificate } from 'node:crypto';
import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT_CERTIFICATE_FILE } from './development-root.ts';
import { helperNsmClient, openNitroTee } from './nitro-tee.ts';
import { openTee, type OpenTeeOptions } from './open-tee.ts';
import { openSimulatedTee, SIMULATED_PCRS } from './simulated-tee.ts';
import {
  makeAuthority,
  NONCE,
  NOW,
  PCRS,
  PUBLIC_KEY,
  signedDocument,
  temporaryPlace,
} from './testing/fixtures.ts';
import { verifyAttestation } from './verify.ts';

type Place = Awaited<ReturnType<typeof temporaryPlace>>;

function options(place: Place, change: Partial<OpenTeeOptions> = {}): OpenTeeOptions {
  const { directory, clock } = place;
  return { config: { mode: 'simulated' }, directory, clock, randomBytes, environment: {}, ...change };
}

async function rootCertificate(): Promise<string> {
  return 'PEM';
}

describe('simulated', () => {
  test('makes documents that verify under its root and say what they are', async () => {
    await using place = await temporaryPlace();
    const tee = await openTee(options(place));
    const document = await tee.attest({ nonce: NONCE, publicKey: PUBLIC_KEY });
    const verdict = verifyAttestation(document, {
      root: tee.rootCertificate,
      now: NOW,
      pcrs: tee.pcrs,
      nonce: NONCE,
      publicKey: PUBLIC_KEY,
    });
    expect(verdict).toMatchObject({
      ok: true,
      document: { moduleId: expect.stringMatching(/^simulated-/) as string },
    });
    expect(verdict.ok && Buffer.from(verdict.document.userData ?? []).toString()).toBe('simulated');
    expect(new X509Certificate(tee.rootCertificate).subject).toContain('no TEE');
  });

  test('keeps its root and sealing key over a restart; another measurement gets another key', async () => {
    await using place = await temporaryPlace();
    const first = await openTee(options(place));
    const again = await openTee(options(place));
    const pcrs = PCRS.map((pcr) => Buffer.from(pcr).toString('hex'));
    const changed = await openTee(options(place, { config: { mode: 'simulated', pcrs } }));
    expect(again.rootCertificate).toBe(first.rootCertificate);
    expect(await again.sealingKey('store')).toEqual(await first.sealingKey('store'));
    expect(await first.sealingKey('other')).not.toEqual(await first.sealingKey('store'));
    expect(await changed.sealingKey('store')).not.toEqual(await first.sealingKey('store'));
    expect(first.pcrs).toEqual(SIMULATED_PCRS);
    for (const name of await readdir(place.directory)) {
      const mode = (await stat(join(place.directory, name))).mode & 0o777;
      expect([name, mode]).toEqual([name, name === ROOT_CERTIFICATE_FILE ? 0o644 : 0o600]);
    }
    expect(await readFile(join(place.directory, ROOT_CERTIFICATE_FILE), 'utf8')).toBe(first.rootCertificate);
  });

  test('renews its leaf before it expires', async () => {
    await using place = await temporaryPlace();
    const tee = await openTee(options(place));
    for (let hours = 0; hours < 8; hours++) {
      const document = await tee.attest({ nonce: NONCE, publicKey: PUBLIC_KEY });
      const policy = { root: tee.rootCertificate, pcrs: tee.pcrs, nonce: NONCE, publicKey: PUBLIC_KEY };
      expect(verifyAttestation(document, { ...policy, now: place.clock.nowMs() }).ok).toBe(true);
      place.clock.advance(3_600_000);
    }
  });

  test('refuses a root whose other half is lost or another one', async () => {
    await using one = await temporaryPlace();
    await using two = await temporaryPlace();
    await openTee(options(one));
    await openTee(options(two));
    const file = join(one.directory, 'attestation-root.key');
    await writeFile(file, await readFile(join(two.directory, 'attestation-root.key')));
    await expect(openTee(options(one))).rejects.toMatchObject({ name: 'TeeUnavailableError' });
    await rm(file);
    await expect(openTee(options(one))).rejects.toThrow('only one of');
  });

  test('refuses a platform secret that was cut', async () => {
    await using place = await temporaryPlace();
    await openTee(options(place));
    await writeFile(join(place.directory, 'simulated-platform.key'), 'short');
    await expect(openTee(options(place))).rejects.toMatchObject({ name: 'SealingError' });
  });

  test('refuses PCRs of another size', async () => {
    await using place = await temporaryPlace();
    const { directory, clock } = place;
    await expect(openSimulatedTee({ directory, clock, randomBytes, pcrs: [] })).rejects.toThrow(RangeError);
    const config = { mode: 'simulated', pcrs: ['00'] } as const;
    await expect(openTee(options(place, { config }))).rejects.toThrow('96 hex digits');
  });
});

describe('TEE_MODE', () => {
  test('production without a trusted environment refuses to start, and leaves nothing behind', async () => {
    await using place = await temporaryPlace();
    const environment = { TEE_MODE: 'production' };
    await expect(openTee(options(place, { environment }))).rejects.toMatchObject({
      name: 'TeeUnavailableError',
      message: expect.stringContaining('refusing to start') as string,
    });
    expect(await readdir(place.directory)).toEqual([]);
  });

  test('a word it does not know refuses too', async () => {
    await using place = await temporaryPlace();
    const opening = openTee(options(place, { environment: { TEE_MODE: 'Production' } }));
    await expect(opening).rejects.toThrow('not "Production"');
  });

  test.each(['simulated', 'development', ''])('%j lets the simulation run', async (mode) => {
    await using place = await temporaryPlace();
    expect((await openTee(options(place, { environment: { TEE_MODE: mode } }))).mode).toBe('simulated');
  });
});

describe('nitro', () => {
  test('outside an enclave says that there is no device', async () => {
    await using place = await temporaryPlace();
    const nsm = helperNsmClient('/bin/false');
    const opening = openNitroTee({ rootCertificate, nsm, device: join(place.directory, 'nsm') });
    await expect(opening).rejects.toMatchObject({
      name: 'TeeUnavailableError',
      message: expect.stringContaining('does not run inside a Nitro enclave') as string,
    });
  });

  test('is what mode nitro opens, in production too', async () => {
    await using place = await temporaryPlace();
    const environment = { TEE_MODE: 'production', NSM_HELPER: '/bin/false' };
    const opening = openTee(options(place, { config: { mode: 'nitro' }, environment }));
    await expect(opening).rejects.toMatchObject({ name: 'TeeUnavailableError' });
  });

  test('speaks to the security module through the helper', async () => {
    await using place = await temporaryPlace();
    const device = join(place.directory, 'nsm');
    const document = join(place.directory, 'document');
    const helper = join(place.directory, 'helper');
    await writeFile(device, '');
    await writeFile(document, signedDocument(makeAuthority()));
    await writeFile(
      helper,
      `#!/bin/sh
if [ "$1" = attest ]; then cat '${document}'; echo "$@" > '${helper}.called'; fi
if [ "$1" = sealing-key ]; then printf '%s' 0123456789abcdef0123456789abcdef; fi
`,
    );
    await chmod(helper, 0o700);
    const tee = await openNitroTee({ rootCertificate, nsm: helperNsmClient(helper), device });
    expect(tee.pcrs.map((pcr) => [...pcr])).toEqual(PCRS.map((pcr) => [...pcr]));
    await tee.attest({ nonce: Uint8Array.of(1), publicKey: Uint8Array.of(2), userData: Uint8Array.of(3) });
    expect(await readFile(`${helper}.called`, 'utf8')).toBe(
      'attest --nonce AQ== --public-key Ag== --user-data Aw==\n',
    );
    expect(Buffer.from(await tee.sealingKey('store')).toString()).toBe('0123456789abcdef0123456789abcdef');
    expect(tee.mode).toBe('nitro');
  });

  test('refuses debug mode, an unreadable document, and a helper that fails', async () => {
    await using place = await temporaryPlace();
    const device = join(place.directory, 'nsm');
    await writeFile(device, '');
    const zeros = new Map([0, 1, 2].map((index) => [index, new Uint8Array(48)]));
    const debug = signedDocument(makeAuthority(), { pcrs: zeros });
    const open = (attest: () => Promise<Uint8Array>) =>
      openNitroTee({ rootCertificate, device, nsm: { attest, sealingKey: async () => new Uint8Array(32) } });
    await expect(open(async () => debug)).rejects.toThrow('debug mode');
    await expect(open(async () => new Uint8Array(3))).rejects.toMatchObject({ name: 'TeeUnavailableError' });
    const failing = helperNsmClient('/bin/false');
    await expect(failing.attest({})).rejects.toMatchObject({ name: 'TeeUnavailableError' });
    await expect(failing.sealingKey('store')).rejects.toMatchObject({ name: 'SealingError' });
    await expect(helperNsmClient('/bin/true').sealingKey('store')).rejects.toThrow('0 bytes');
  });
});
