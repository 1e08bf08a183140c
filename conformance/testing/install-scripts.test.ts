import { describe, expect, it } from 'vitest';
import { readJson } from '../paths.ts';

interface LockedPackage {
  hasInstallScript?: boolean;
  optional?: boolean;
}

/**
 * Packages that may run code while they are installed, and why. What is not listed here may not: an install script runs
 * with the rights of whoever types `npm ci`, before anybody has looked at anything.
 */
const ALLOWED: Readonly<Record<string, string>> = {
  node: 'fetches the Node.js binary that all scripts run on',
};

/** Packages that bring a script which npm is told not to run, and what is lost without it. */
const DENIED: Readonly<Record<string, string>> = {
  'cpu-features': 'chooses ciphers of ssh2, of testcontainers; nothing here speaks SSH',
  ssh2: 'native ciphers of SSH, of testcontainers; nothing here speaks SSH',
  protobufjs: 'warns of an old version scheme, of testcontainers',
};

describe('dependencies', () => {
  it('run no install script beyond the list', async () => {
    const { packages } = (await readJson('package-lock.json')) as { packages: Record<string, LockedPackage> };
    const withScript = Object.entries(packages)
      .filter(([, locked]) => locked.hasInstallScript)
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    const known = { ...ALLOWED, ...DENIED };
    expect([...new Set(withScript)].filter((name) => !(name in known))).toEqual([]);
    // An entry that nothing needs any more must go, or the next package of that name is let in unseen.
    for (const name of Object.keys(known)) expect(withScript).toContain(name);
  });

  it('are allowed or denied their scripts by package.json just as by these lists', async () => {
    const { allowScripts } = (await readJson('package.json')) as { allowScripts: Record<string, boolean> };
    const told = (allowed: boolean): string[] =>
      Object.keys(allowScripts).filter((name) => allowScripts[name] === allowed);
    expect(told(true)).toEqual(Object.keys(ALLOWED));
    expect(told(false).toSorted()).toEqual(Object.keys(DENIED).toSorted());
  });
});
