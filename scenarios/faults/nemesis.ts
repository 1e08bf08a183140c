import { pause, poll } from '../../conformance/drivers/wait.ts';
import { describeError } from '../../conformance/errors.ts';
import type { Control } from '../../conformance/target/control-methods.ts';
import { RECOVERY_LIMIT_MS, type Disturbance } from '../../conformance/history/availability.ts';
import type { Lines } from './lines.ts';
import type { Fault } from './plan.ts';
import type { Recorder } from '../../conformance/history/recorder.ts';

/** A fault as it was done. Milliseconds since the run began. */
export interface Injected extends Fault, Disturbance {
  /** Why it could not be done or undone. */
  error?: string;
}

export interface NemesisOptions {
  control: Pick<Control, 'kill' | 'start' | 'stop' | 'pause' | 'resume' | 'localnet'>;
  lines: Pick<Lines, 'cut' | 'heal' | 'breakOff'>;
  recorder: Recorder;
  /** Told of each fault when it begins and when it is over. */
  onFault: (injected: Injected, phase: 'begins' | 'over') => void;
}

const FIRST_QUIET_MS = 1_000;
const BREAK_EVERY_MS = 150;
/** Between two looks at whether the service is back. */
const WATCH_MS = 40;

/** Brings faults about, one after the other, and waits after each until the service is back. */
export class Nemesis {
  readonly injected: Injected[] = [];
  readonly #options: NemesisOptions;

  constructor(options: NemesisOptions) {
    this.#options = options;
  }

  /** Follows the plan once everything is served, until `signal` aborts; the fault under way is ended properly. */
  async run(plan: Iterator<Fault, unknown>, signal: AbortSignal): Promise<void> {
    const { recorder, onFault } = this.#options;
    await poll(() => recorder.servedSince(0), { timeoutMs: RECOVERY_LIMIT_MS, intervalMs: WATCH_MS, signal });
    await pause(FIRST_QUIET_MS, signal);
    for (let next = plan.next(); !next.done && !signal.aborted; next = plan.next()) {
      const fault = next.value;
      const injected: Injected = {
        ...fault,
        name: `${fault.kind} ${fault.on}`,
        startMs: recorder.nowMs(),
        healedMs: Infinity,
      };
      this.injected.push(injected);
      onFault(injected, 'begins');
      try {
        await this.#strike(fault, signal);
      } catch (error) {
        injected.error = describeError(error);
      }
      injected.healedMs = recorder.nowMs();
      const recovered = await poll(() => recorder.servedSince(injected.healedMs), {
        timeoutMs: RECOVERY_LIMIT_MS,
        intervalMs: WATCH_MS,
      });
      if (recovered !== undefined) injected.recoveredMs = recovered;
      onFault(injected, 'over');
      await pause(fault.quietMs, signal);
    }
  }

  async #strike({ kind, on, forMs }: Fault, signal: AbortSignal): Promise<void> {
    const { control, lines } = this.#options;
    const parts = on.split('+');
    switch (kind) {
      case 'kill':
        await Promise.all(parts.map((part) => control.kill({ part })));
        await pause(forMs, signal);
        for (const part of parts) await control.start({ part });
        return;
      case 'restart':
        await Promise.all(parts.map((part) => control.stop({ part })));
        await pause(forMs, signal);
        for (const part of parts) await control.start({ part });
        return;
      case 'pause':
        await Promise.all(parts.map((part) => control.pause({ part })));
        await pause(forMs, signal);
        await Promise.all(parts.map((part) => control.resume({ part })));
        return;
      case 'cut':
        await lines.cut(on);
        await pause(forMs, signal);
        await lines.heal(on);
        return;
      case 'break':
        for (const end = performance.now() + forMs; performance.now() < end && !signal.aborted;) {
          await lines.breakOff(on);
          await pause(BREAK_EVERY_MS, signal);
        }
        return;
      case 'outage':
        await control.localnet({ path: 'outage', body: { mode: on, seconds: forMs / 1000 } });
        await pause(forMs, signal);
        await control.localnet({ path: 'outage', body: { mode: on, seconds: 0 } });
        return;
      case 'clock':
        await control.localnet({ path: 'clock', body: { advance_ms: forMs } });
        return;
      default:
        kind satisfies never;
    }
  }
}
