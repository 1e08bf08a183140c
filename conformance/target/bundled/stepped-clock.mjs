// Loaded into the bundled master with --import. When DAAS_CLOCK_STEP names a file, wall-clock time is the machine's plus
// the seconds in that file ("-20", "+40"; nothing while it is absent), from the moment at which the file says so. Timers
// and monotonic time go on as they were, as when an administrator sets the clock. libfaketime reads the same file as
// FAKETIME_TIMESTAMP_FILE, for masters that are not JavaScript.
import { readFileSync } from 'node:fs';

const file = process.env['DAAS_CLOCK_STEP'];

if (file) {
  const machine = Date;
  const stepMs = () => {
    try {
      return Number(readFileSync(file, 'utf8')) * 1000;
    } catch {
      return 0;
    }
  };
  const now = () => machine.now() + stepMs();
  globalThis.Date = new Proxy(machine, {
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
    apply: () => new machine(now()).toString(),
    construct: (target, given, newTarget) =>
      Reflect.construct(target, given.length > 0 ? given : [now()], newTarget),
  });
}
