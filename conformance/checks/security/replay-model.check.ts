import fc from 'fast-check';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { ok, reasonsOf, refused, status } from '../../runner/expectations.ts';
import { property } from '../../runner/property.ts';
import type { Actor } from '../../world/actors.ts';
import { beat, freshRegistered, prepareHeartbeat, type Prepared } from '../credentials/asking.ts';
import { withBytes } from '../credentials/forging.ts';

/** What the suite knows of the credentials it has made. */
interface Model {
  sent: { used: boolean }[];
}

/** The credentials themselves, and whom they are sent to. */
interface Real {
  t: CheckContext;
  worker: Actor;
  other: Actor;
  made: Prepared[];
}

type Command = fc.AsyncCommand<Model, Real>;

/** Makes a credential without sending it. */
class Mint implements Command {
  check = (): boolean => true;
  toString = (): string => 'mint';
  async run(model: Model, { t, worker, made }: Real): Promise<void> {
    made.push(await prepareHeartbeat(t, worker));
    model.sent.push({ used: false });
  }
}

/** Sends a credential so many times at once: one passes if none has before. */
class Send implements Command {
  readonly pick: number;
  readonly copies: number;
  constructor(pick: number, copies: number) {
    this.pick = pick;
    this.copies = copies;
  }
  check = (model: Readonly<Model>): boolean => model.sent.length > 0;
  toString = (): string => `send(${this.pick}, ${this.copies} times at once)`;
  async run(model: Model, { t, made }: Real): Promise<void> {
    const index = this.pick % model.sent.length;
    const entry = model.sent[index]!;
    const answers = await Promise.all(Array.from({ length: this.copies }, () => beat(t, made[index]!)));
    const passed = answers.filter((answer) => answer.status === 200).length;
    ok(`${this.toString()} passes ${entry.used ? 'never' : 'once'}`, passed === (entry.used ? 0 : 1), {
      wanted: entry.used ? 0 : 1,
      got: answers.map((answer) => [answer.status, reasonsOf(answer.json)[0]]),
    });
    for (const answer of answers) {
      if (answer.status !== 200) refused(answer, { status: 401, reason: 'ReplayDetected' });
    }
    entry.used = true;
  }
}

/** Sends a credential with one bit of its signature changed: refused, and not used up. */
class Mutate implements Command {
  readonly pick: number;
  readonly bit: number;
  constructor(pick: number, bit: number) {
    this.pick = pick;
    this.bit = bit;
  }
  check = (model: Readonly<Model>): boolean => model.sent.length > 0;
  toString = (): string => `mutate(${this.pick}, bit ${this.bit})`;
  async run(model: Model, { t, made }: Real): Promise<void> {
    const { credential, body } = made[this.pick % model.sent.length]!;
    const changed = withBytes(
      credential,
      (bytes) => void (bytes[1 + (this.bit >> 3)]! ^= 1 << (this.bit & 7)),
    );
    refused(await beat(t, { credential: changed, body }), { status: 401, reason: 'BadSignature' });
  }
}

/** Sends a credential with another body: refused, and not used up. */
class Rebind implements Command {
  readonly pick: number;
  constructor(pick: number) {
    this.pick = pick;
  }
  check = (model: Readonly<Model>): boolean => model.sent.length > 0;
  toString = (): string => `other body(${this.pick})`;
  async run(model: Model, { t, made }: Real): Promise<void> {
    const { credential, body } = made[this.pick % model.sent.length]!;
    refused(await beat(t, { credential, body: `${body} ` }), { status: 401, reason: 'BindingMismatch' });
  }
}

/** Another worker's credential passes in between. */
class Other implements Command {
  check = (): boolean => true;
  toString = (): string => 'another worker';
  async run(_: Model, { t, other }: Real): Promise<void> {
    status(await beat(t, await prepareHeartbeat(t, other)), 200);
  }
}

const commands = fc.commands(
  [
    fc.constant(new Mint()),
    fc.tuple(fc.nat(20), fc.constantFrom(1, 1, 1, 2, 5)).map(([pick, copies]) => new Send(pick, copies)),
    fc.tuple(fc.nat(20), fc.nat(64 * 8 - 1)).map(([pick, bit]) => new Mutate(pick, bit)),
    fc.nat(20).map((pick) => new Rebind(pick)),
    fc.constant(new Other()),
  ],
  { maxCommands: 25 },
);

export default defineChecks([
  check(
    'SEC-RPL-003',
    'in any sequence each credential passes once and no more',
    { mutants: ['nonce-forgotten', 'nonce-race', 'nonce-before-signature'], timeoutMs: 40_000 },
    async (t) => {
      const [worker, other] = await Promise.all([freshRegistered(t), freshRegistered(t)]);
      const tested = fc.asyncProperty(commands, (sequence) =>
        fc.asyncModelRun(() => ({ model: { sent: [] }, real: { t, worker, other, made: [] } }), sequence),
      );
      await property('each credential passes exactly once', t.seed, 15, tested);
    },
  ),
]);
