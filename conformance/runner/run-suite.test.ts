import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../paths.ts';
import type { Report } from '../report/model.ts';
import { daas, type Ended } from '../testing/daas.ts';
import { dishonestServer, dumb, echo, plausible, silent } from '../testing/dishonest-servers.ts';
import { selfSigned } from '../world/certificates.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'daas-test-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Writes a target file whose master and gateway are at `url`. */
async function targetAt(name: string, url: string, ca: string | undefined): Promise<string> {
  const caFile = join(dir, `${name}.pem`);
  if (ca !== undefined) await writeFile(caFile, ca);
  const server = { url, ...(ca !== undefined && { ca: caFile }) };
  const path = join(dir, `${name}.yaml`);
  const file = { schema_version: 1, name, chain: { provider: 'embedded' }, master: server, gateway: server };
  await writeFile(path, JSON.stringify(file));
  return path;
}

async function runOn(name: string, path: string, args: string[] = []): Promise<Ended & { report: Report }> {
  const reportDir = join(dir, `${name}-reports`);
  const ended = await daas(['run', '--target', path, '--report-dir', reportDir, '--format', 'json', ...args]);
  return { ...ended, report: ended.stdout ? (JSON.parse(ended.stdout) as Report) : ({} as Report) };
}

/** An area of each profile that these servers could be judged by; all of them would take minutes of waiting in vain. */
const AREAS = [
  'gateway-authentication',
  'gateway-health',
  'master-registration',
  'credentials-format',
  'security-tokens',
];

describe('a server that is no implementation', { timeout: 300_000 }, () => {
  it.each([
    ['dumb', dumb],
    ['echo', echo],
    ['plausible', plausible],
  ])('%s: never conformant, in no profile', async (name, handler) => {
    await using server = await dishonestServer(handler);
    const { code, report } = await runOn(name, await targetAt(name, server.url, server.caPem), [
      '--only',
      ...AREAS,
    ]);
    expect(code).toBe(1);
    expect(report.conformant).toBe(false);
    expect(report.profiles.map((profile) => profile.name)).toEqual(
      expect.arrayContaining(['gateway', 'master', 'security']),
    );
    for (const profile of report.profiles) expect(profile.verdict, profile.name).toBe('fail');
    expect(report.counts.emitted).toBe(report.counts.expected);
  });
});

describe('a target that cannot be reached', { timeout: 120_000 }, () => {
  it('because nothing listens there ends with 1 and says so', async () => {
    const { code, report, stderr } = await runOn(
      'nobody',
      await targetAt('nobody', 'https://127.0.0.1:1', undefined),
      ['--only', 'MS-REG-001'],
    );
    expect(stderr).toBeDefined();
    expect(code).toBe(1);
    expect(report.counts.untestable).toBe(1);
    expect(JSON.stringify(report.environment.missing)).toMatch(/did not answer within 10 s: .*ECONNREFUSED/);
  });

  it('because its certificate is by another authority ends with 1 and names the ca', async () => {
    await using server = await dishonestServer(dumb);
    const { cert } = await selfSigned();
    const { code, report } = await runOn('wrong-ca', await targetAt('wrong-ca', server.url, cert), [
      '--only',
      'MS-REG-001',
    ]);
    expect(code).toBe(1);
    expect(JSON.stringify(report.environment.missing)).toMatch(/not signed by the authority named by `ca`/);
  });

  it('because it hangs ends with 1 within the deadline', async () => {
    await using server = await dishonestServer(silent);
    const started = Date.now();
    const { code, report } = await runOn('silent', await targetAt('silent', server.url, server.caPem), [
      '--only',
      'MS-REG-001',
    ]);
    expect(code).toBe(1);
    expect(JSON.stringify(report.environment.missing)).toMatch(
      /did not answer within 10 s: .*not answered in time/,
    );
    expect(Date.now() - started).toBeLessThan(60_000);
  });
});

describe('wrong usage ends with 2', { timeout: 60_000 }, () => {
  it.each([
    ['a half-written target file', 'schema_version: 1\nname: "acme\n', /:3:1: Missing closing/],
    [
      'a target file without parts',
      'schema_version: 1\nname: acme\nchain: { provider: embedded }\n',
      /names no part/,
    ],
    [
      'a ca that is not there',
      'schema_version: 1\nname: acme\nchain: { provider: embedded }\nmaster: { url: "https://127.0.0.1:1", ca: nowhere.pem }\n',
      /nowhere\.pem/,
    ],
  ])('%s', async (name, text, words) => {
    const path = join(dir, `${name.replaceAll(' ', '-')}.yaml`);
    await writeFile(path, text);
    const { code, stderr } = await daas(['run', '--target', path, '--only', 'MS-REG-001']);
    expect(stderr).toMatch(words);
    expect(stderr).toMatch(/\n {2}next: /);
    expect(code).toBe(2);
  });

  it.each([
    [['run', '--only', 'XX-NO-001'], /"XX-NO-001" matches no requirement/],
    [['run', '--profile', 'speed'], /there is no profile "speed"/],
    [['run', '--repeat', '0'], /--repeat 0 is not a whole number/],
    [['run', '--format', 'pdf'], /--format pdf is not known/],
    [['frobnicate'], /unknown command/],
  ])('daas %s', async (args, words) => {
    const { code, stderr } = await daas(args);
    expect(stderr).toMatch(words);
    expect(code).toBe(2);
  });
});

describe('Ctrl-C', { timeout: 60_000 }, () => {
  it('stops everything and leaves no folder and no process behind', async () => {
    const { code, stderr } = await daas(
      [
        'run',
        '--target',
        join(PACKAGE_ROOT, 'conformance/target/bundled/target.yaml'),
        '--report-dir',
        join(dir, 'interrupted'),
      ],
      {
        interruptAfter: /starting the master/,
      },
    );
    expect(code).toBe(3);
    expect(stderr).toMatch(/interrupted/);
  });
});
