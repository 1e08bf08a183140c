import {
  EVENTS,
  type ContractEvents,
  type EventName,
  type ModuleName,
} from '../../../contracts/bindings/index.ts';
import type { Attempt } from '../../drivers/chain/attempt.ts';
import type { CreatedObject } from '../../drivers/chain/transactions.ts';
import { CheckFailure } from '../../runner/outcome.ts';

export type Done = Extract<Attempt, { kind: 'done' }>;

/** Fails unless the chain executed the transaction. */
export function done(what: string, attempt: Attempt): Done {
  if (attempt.kind === 'done') return attempt;
  throw new CheckFailure(`${what} did not succeed`, { wanted: { kind: 'done' }, got: attempt });
}

/** Fails unless the transaction aborted in this module, with this code or one of these. */
export function aborted(
  what: string,
  attempt: Attempt,
  module: ModuleName,
  code: number | readonly number[],
): void {
  const codes = [code].flat();
  if (attempt.kind === 'aborted' && attempt.module === module && codes.includes(attempt.code)) return;
  const how =
    attempt.kind === 'done'
      ? 'succeeded'
      : attempt.kind === 'aborted'
        ? `aborted with ${attempt.module}::${attempt.code}`
        : `was ${attempt.kind} otherwise`;
  throw new CheckFailure(`${what} ${how} instead of aborting with ${module}::${codes.join(' or ')}`, {
    wanted: { kind: 'aborted', module, code },
    got: attempt,
  });
}

/** Fails unless the chain's own rules stopped the transaction, before or while it ran, and not the package's code. */
export function stoppedByChain(what: string, attempt: Attempt): void {
  if (attempt.kind === 'rejected' || attempt.kind === 'failed') return;
  throw new CheckFailure(`${what} was not refused by the chain`, {
    wanted: { kind: ['rejected', 'failed'] },
    got: attempt,
  });
}

/** Fails unless the chain did not take the transaction because an object in it is another address's. */
export function notTheOwner(what: string, attempt: Attempt): void {
  const words = /owned by account address|not signed by the correct sender/iu;
  if (attempt.kind === 'rejected' && words.test(attempt.message)) return;
  throw new CheckFailure(`${what} was not rejected for using an object of another address`, {
    wanted: { kind: 'rejected', message: String(words) },
    got: attempt,
  });
}

/** The events of this name that the transaction emitted, decoded; bytes of another layout are a failure. */
export function eventsOf<Name extends EventName>(attempt: Done, name: Name): ContractEvents[Name][] {
  return attempt.events
    .filter(({ type }) => type.endsWith(`::${name}`))
    .map(({ bcs }) => {
      try {
        return EVENTS[name].parse(Buffer.from(bcs, 'base64'));
      } catch (cause) {
        throw new CheckFailure(`the ${name} event has another layout: ${String(cause)}`, { got: bcs });
      }
    });
}

/** The one event of this name that the transaction emitted. */
export function onlyEvent<Name extends EventName>(attempt: Done, name: Name): ContractEvents[Name] {
  const [first, ...more] = eventsOf(attempt, name);
  if (first !== undefined && more.length === 0) return first;
  throw new CheckFailure(`the transaction did not emit exactly one ${name}`, {
    wanted: 1,
    got: attempt.events.map(({ type }) => type),
  });
}

/** The one object of this type, `module::Name`, that the transaction made. */
export function onlyCreated(attempt: Done, type: string): CreatedObject {
  const [first, ...more] = attempt.created.filter((object) => object.type.endsWith(`::${type}`));
  if (first !== undefined && more.length === 0) return first;
  throw new CheckFailure(`the transaction did not make exactly one ${type}`, {
    wanted: 1,
    got: attempt.created,
  });
}
