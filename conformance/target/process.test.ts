import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TargetError } from '../errors.ts';
import { TargetProcess } from './process.ts';

it('a program that is not there is a fault of the target, with its command line', async () => {
  const started = TargetProcess.start({
    name: 'gateway',
    command: 'no-such-program',
    args: ['--config', 'x'],
    cwd: tmpdir(),
    env: {},
    logFile: join(tmpdir(), 'no-such-program.out'),
  });
  const error: unknown = await started.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TargetError);
  expect((error as TargetError).message).toBe('cannot run the gateway: no-such-program --config x');
});
