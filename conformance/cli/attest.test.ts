import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../errors.ts';
import { daas } from '../testing/daas.ts';
import { FakeEnclave } from '../world/fake-enclave.ts';
import { attestCommand } from './attest.ts';

const PCRS = [1, 2, 3].map((value) => Buffer.alloc(48, value));
const NONCE = Buffer.alloc(16, 9);
const POLICY = PCRS.flatMap((pcr, index) => [`--pcr${index}`, pcr.toString('hex')]);

let dir = '';
let enclave: FakeEnclave;
let document: Buffer;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'daas-attest-'));
  enclave = await FakeEnclave.make(PCRS);
  document = Buffer.from(await enclave.attest(NONCE));
  await writeFile(join(dir, 'root.crt'), enclave.rootPem);
  await writeFile(join(dir, 'binary'), document);
  await writeFile(join(dir, 'hex'), `${document.toString('hex')}\n`);
  await writeFile(join(dir, 'json'), JSON.stringify({ document: document.toString('base64url') }));
});

afterAll(() => rm(dir, { recursive: true, force: true }));

const verify = (file: string, ...more: string[]): ReturnType<typeof daas> =>
  daas(['attest', 'verify', join(dir, file), ...POLICY, '--root', join(dir, 'root.crt'), ...more]);

describe('daas attest verify', () => {
  it.each(['binary', 'hex', 'json'])('believes a good document in %s', async (file) => {
    const key = Buffer.from(enclave.publicKey).toString('hex');
    const ended = await verify(file, '--nonce', NONCE.toString('hex'), '--public-key', key, '--json');
    expect(ended.code, ended.stderr).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({ ok: true, unchecked: [], public_key: key });
  });

  it('says what it was not asked to check', async () => {
    const ended = await verify('binary');
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('not checked: nonce');
    expect(ended.stdout).toContain('not checked: public_key');
  });

  it('names the reason of a refusal and exits with 1', async () => {
    const stranger = await verify('binary', '--nonce', 'ff'.repeat(16), '--json');
    expect(stranger.code).toBe(1);
    expect(JSON.parse(stranger.stdout)).toMatchObject({ ok: false, reason: 'NonceMismatch' });
    const late = await verify('binary', '--time', '2040-01-01T00:00:00Z');
    expect(late.code).toBe(1);
    expect(late.stdout).toContain('refused: CertificateExpired');
    const aws = await verify('binary', '--root', 'aws-nitro');
    expect(aws.stdout).toContain('refused: WrongRoot');
  });

  it.each<[string, string[]]>([
    ['a PCR that is too short', ['--pcr0', '00']],
    ['a time without a zone', ['--time', '2040-01-01T00:00:00']],
    ['a key of another length', ['--public-key', '00ff']],
    ['a root that is not there', ['--root', '/nowhere.pem']],
    ['an age that is no number', ['--max-age', '5m']],
  ])('%s is bad usage', async (_, more) => {
    const command = attestCommand();
    const args = ['verify', join(dir, 'binary'), ...POLICY, ...more];
    await expect(command.parseAsync(args, { from: 'user' })).rejects.toBeInstanceOf(UsageError);
  });

  it('asks for every PCR, and exits with 2', async () => {
    const ended = await daas(['attest', 'verify', join(dir, 'binary'), ...POLICY.slice(2)]);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('--pcr0');
  });
});
