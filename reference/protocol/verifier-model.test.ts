import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Bench, START_SECONDS } from './testing/fixtures.ts';
import type { CredentialVerifier } from './verifier.ts';

const REQUEST = { method: 'PUT', target: '/api/v1/requests/1', body: Buffer.from('body') };

interface Minted {
  text: string;
  oneShot: boolean;
  issued: number;
  mutated: boolean;
}

/** What an outsider knows: the time, what was minted, and what has been used. */
interface Model {
  now: number;
  sent: Minted[];
  used: Set<number>;
  revoked: boolean;
}

interface Real {
  bench: Bench;
  verifier: CredentialVerifier;
}

type Command = fc.AsyncCommand<Model, Real>;

function expected(model: Model, index: number): string {
  const minted = model.sent[index];
  if (!minted) throw new Error('nothing was minted');
  // A changed character breaks the format or the signature; which one depends on where it is.
  if (minted.mutated)
    return 'MalformedCredential|BadSignature|AudienceMismatch|CredentialExpired|CredentialNotYetValid';
  if (model.now >= minted.issued + 330) return 'CredentialExpired';
  if (model.now < minted.issued - 30) return 'CredentialNotYetValid';
  if (model.revoked) return 'TokenRevoked';
  const ended = minted.oneShot || model.now >= minted.issued + 300;
  if (ended && model.used.has(index)) return 'ReplayDetected';
  return 'ok';
}

async function present(model: Model, { verifier }: Real, index: number): Promise<void> {
  const minted = model.sent[index];
  if (!minted) return;
  const want = expected(model, index);
  const verdict = minted.oneShot
    ? await verifier.verifyOneShot(minted.text, REQUEST)
    : await verifier.verifySession(minted.text);
  const got = verdict.ok ? 'ok' : verdict.reason;
  expect(want.split('|')).toContain(got);
  if (got === 'ok') model.used.add(index);
}

class Send implements Command {
  readonly oneShot: boolean;
  constructor(oneShot: boolean) {
    this.oneShot = oneShot;
  }
  check = (): boolean => true;
  async run(model: Model, real: Real): Promise<void> {
    const request = this.oneShot ? { request: REQUEST } : {};
    const text = await real.bench.mint(request);
    model.sent.push({ text, oneShot: this.oneShot, issued: model.now, mutated: false });
    await present(model, real, model.sent.length - 1);
  }
  toString = (): string => `send(${this.oneShot ? 'one-shot' : 'session'})`;
}

class Replay implements Command {
  readonly pick: number;
  constructor(pick: number) {
    this.pick = pick;
  }
  check = (model: Readonly<Model>): boolean => model.sent.length > 0;
  run = (model: Model, real: Real): Promise<void> => present(model, real, this.pick % model.sent.length);
  toString = (): string => `replay(${this.pick})`;
}

class Tick implements Command {
  readonly seconds: number;
  constructor(seconds: number) {
    this.seconds = seconds;
  }
  check = (): boolean => true;
  async run(model: Model, { bench }: Real): Promise<void> {
    model.now += this.seconds;
    bench.clock.advance(this.seconds * 1000);
  }
  toString = (): string => `tick(${this.seconds})`;
}

class Mutate implements Command {
  readonly pick: number;
  readonly at: number;
  constructor(pick: number, at: number) {
    this.pick = pick;
    this.at = at;
  }
  check = (model: Readonly<Model>): boolean => model.sent.some(({ mutated }) => !mutated);
  async run(model: Model, real: Real): Promise<void> {
    const whole = model.sent.filter(({ mutated }) => !mutated);
    const original = whole[this.pick % whole.length];
    if (!original) return;
    const at = this.at % original.text.length;
    const other = original.text[at] === 'A' ? 'B' : 'A';
    const text = original.text.slice(0, at) + other + original.text.slice(at + 1);
    model.sent.push({ ...original, text, mutated: true });
    await present(model, real, model.sent.length - 1);
  }
  toString = (): string => `mutate(${this.pick}, ${this.at})`;
}

class Revoke implements Command {
  check = (model: Readonly<Model>): boolean => !model.revoked;
  async run(model: Model, { bench }: Real): Promise<void> {
    model.revoked = true;
    bench.addToken('user token', { revoked: true });
  }
  toString = (): string => 'revoke';
}

test('send, replay, tick, mutate and revoke in any order agree with the model', async () => {
  const commands = [
    fc.boolean().map((oneShot) => new Send(oneShot)),
    fc.nat().map((pick) => new Replay(pick)),
    fc.integer({ min: 0, max: 200 }).map((seconds) => new Tick(seconds)),
    fc.tuple(fc.nat(), fc.nat()).map(([pick, at]) => new Mutate(pick, at)),
    fc.constant(new Revoke()),
  ];
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { size: '+1' }), async (run) => {
      await fc.asyncModelRun(() => {
        const bench = new Bench();
        const verifier = bench.verifier({ accepts: { session: ['user'], oneShot: ['user'] } });
        const model = { now: START_SECONDS, sent: [], used: new Set<number>(), revoked: false };
        return { model, real: { bench, verifier } };
      }, run);
    }),
    { numRuns: 100 },
  );
});

test('of many copies that arrive at once, in any interleaving, exactly one passes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 6 }), async (scheduler, copies) => {
      const bench = new Bench();
      // Every seam that may wait is put under the scheduler.
      const verifier = bench.verifier({
        accepts: { session: [], oneShot: ['user'] },
        tokens: { lookup: scheduler.scheduleFunction((id: string) => bench.lookup(id, 'seal')) },
        verifySignature: scheduler.scheduleFunction(async () => true),
        nonces: {
          putIfAbsent: async (key, value, until) => {
            await scheduler.schedule(Promise.resolve());
            const outcome = await bench.nonces.putIfAbsent(key, value, until);
            await scheduler.schedule(Promise.resolve());
            return outcome;
          },
        },
      });
      const text = await bench.mint({ request: REQUEST });
      const all = Promise.all(Array.from({ length: copies }, () => verifier.verifyOneShot(text, REQUEST)));
      await scheduler.waitFor(all);
      const verdicts = await all;
      expect(verdicts.filter(({ ok }) => ok)).toHaveLength(1);
      const reasons = verdicts.flatMap((verdict) => (verdict.ok ? [] : [verdict.reason]));
      expect(reasons).toEqual(Array.from({ length: copies - 1 }, () => 'ReplayDetected'));
    }),
  );
});
