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

describe('dependencies', () => {
  it('run no install script beyond the list', async () => {
    const { packages } = (await readJson('package-lock.json')) as { packages: Record<string, LockedPackage> };
    const withScript = Object.entries(packages)
      .filter(([, locked]) => locked.hasInstallScript)
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    expect([...new Set(withScript)].filter((name) => !(name in ALLOWED))).toEqual([]);
    // An entry that nothing needs any more must go, or the next package of that name is let in unseen.
    for (const name of Object.keys(ALLOWED)) expect(withScript).toContain(name);
  });

  it('are allowed their scripts by package.json just as by this list', async () => {
    const { allowScripts } = (await readJson('package.json')) as { allowScripts: Record<string, boolean> };
    expect(Object.keys(allowScripts).filter((name) => allowScripts[name])).toEqual(Object.keys(ALLOWED));
  });
});
