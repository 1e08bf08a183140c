#!/usr/bin/env node
// Runs on any Node: an old one hands over to the runtime that is pinned as a dependency, as the sources need a newer one.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OLDEST = [22, 18];
const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) {
  // A run starts the parts of the bundled target a hundred times: they inherit what is compiled already.
  process.env.NODE_COMPILE_CACHE ??= join(root, '.cache', 'compiled');
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
  const source = join(here, 'main.ts');
  const { main } = await import(
    existsSync(source) ? source : join(root, 'dist', 'conformance', 'cli', 'main.js')
  );
  await main(process.argv);
} else {
  const pinned = join(root, 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(pinned)) {
    process.stderr.write(
      `daas needs Node ${OLDEST.join('.')} or newer, this is ${process.versions.node}.\n` +
        'Run `npm ci` in the checkout, which brings a fitting Node, or install a newer one.\n',
    );
    process.exit(3);
  }
  const child = spawn(pinned, process.argv.slice(1), { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
  });
}
