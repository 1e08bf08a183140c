import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../report/model.ts';
import { PACKAGE_ROOT } from '../paths.ts';
import { daas, type Ended } from '../testing/daas.ts';

// Cheap ones, that look at the package from different sides: values, authority, bytecode, events, aborts.
const CHECKS = [
  'CT-STK-001',
  'CT-STK-003',
  'CT-STK-010',
  'CT-STK-028',
  'CT-TOK-001',
  'CT-TOK-014',
  'CT-ERR-001',
];
const EXTRA = `/// What the protocol knows nothing of.
module acme::loyalty;

public struct Points has key { id: UID, count: u64 }
public struct Earned has copy, drop { count: u64 }

fun init(ctx: &mut TxContext) { transfer::share_object(Points { id: object::new(ctx), count: 0 }) }

public fun earn(points: &mut Points) {
    points.count = points.count + 1;
    sui::event::emit(Earned { count: points.count });
}`;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'foreign-package-'));
  await mkdir(join(dir, 'move'));
  const target = {
    schema_version: 1,
    name: 'acme',
    chain: { provider: 'embedded', contracts: 'move' },
    gateway: 'bundled',
    master: 'bundled',
    worker: 'bundled',
  };
  await writeFile(join(dir, 'target.yaml'), JSON.stringify(target));
});
afterEach(() => rm(dir, { recursive: true }));

/** The bundled package under another name, with a module, a struct and functions more. */
async function foreignPackage(
  edit: (file: string, text: string) => string = (_, text) => text,
): Promise<void> {
  const [from, to] = [join(PACKAGE_ROOT, 'contracts/sources'), join(dir, 'move/sources')];
  await cp(from, to, { recursive: true });
  for (const name of ['staking', 'k8s_gateway', 'k8s_interface']) {
    const file = join(to, `${name}.move`);
    const more = `\npublic struct Note has copy, drop { n: u64 }\npublic fun note(n: u64): Note { Note { n } }\n`;
    const text = (await readFile(file, 'utf8')).replaceAll('k3s_daas', 'acme');
    await writeFile(file, edit(name, text) + more);
  }
  await writeFile(join(to, 'loyalty.move'), EXTRA);
  const manifest = '[package]\nname = "acme"\nedition = "2024"\n\n[addresses]\nacme = "0x0"\n';
  await writeFile(join(dir, 'move/Move.toml'), manifest);
}

function run(): Promise<Ended> {
  const args = [
    'run',
    '--target',
    join(dir, 'target.yaml'),
    '--report-dir',
    join(dir, 'reports'),
    '--seed',
    '3',
  ];
  return daas([...args, '--format', 'json', '--only', ...CHECKS]);
}

const failed = (stdout: string): string[] =>
  (JSON.parse(stdout) as Report).requirements.filter(({ verdict }) => verdict === 'fail').map(({ id }) => id);

describe('a Move package of somebody else', { timeout: 120_000 }, () => {
  it('is published in place of the bundled one, and right though it has more in it', async () => {
    await foreignPackage();
    const { code, stdout, stderr } = await run();
    expect(code, stderr).toBe(0);
    expect(failed(stdout)).toEqual([]);
  });

  it('is found wrong where it is', async () => {
    await foreignPackage((file, text) => {
      if (file !== 'staking') return text;
      expect(text).toContain('const MIN_USER_STAKE: u64 = 500_000_000;');
      return text.replace('const MIN_USER_STAKE: u64 = 500_000_000;', 'const MIN_USER_STAKE: u64 = 5;');
    });
    const { code, stdout } = await run();
    expect(code).toBe(1);
    expect(failed(stdout)).toEqual(['CT-STK-003']);
  });

  it('that does not compile is a fault of the target, with what the compiler says', async () => {
    await foreignPackage((_, text) => `${text}\nfun wrong(): u64 { true }`);
    const { code, stderr } = await run();
    expect(code).toBe(2);
    expect(stderr).toMatch(/the contracts in .*move do not compile: [^]*u64/u);
  });

  it('that is not there is a fault of the target', async () => {
    const { code, stderr } = await run();
    expect(code).toBe(2);
    expect(stderr).toContain('no Move package');
  });
});
