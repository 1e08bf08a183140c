import { asObject } from '../runner/expectations.ts';
import type { Command } from './commands.ts';
import type { Normal } from './normal.ts';

/** A way in which the two sides may differ, and why. */
export interface Difference {
  why: string;
  /** One side did what the other refused: what follows cannot be compared. */
  ends?: true;
  allows: (command: Command, peer: Normal, target: Normal) => boolean;
}

const reasonOf = ({ body }: Normal): string => String(asObject(body)['reason']);
const fails = (answer: Normal, code: number, reason: string): boolean =>
  answer.status === code && reasonOf(answer) === reason;
/** Both refuse with the same status and reason, in other words. */
const inOtherWords = (peer: Normal, target: Normal, code: number, reason: string): boolean =>
  fails(peer, code, reason) && fails(target, code, reason);

/**
 * All differences that are no fault. Everything else must be equal: status, every field of an object, of a list and of a
 * Status with its message, managed fields, and the events of a watch. (See normal.ts for what cannot be: times, uids,
 * resourceVersions are compared by their order; `generation`, which ConfigMaps lack, not at all.)
 */
export const ALLOWED: readonly Difference[] = [
  {
    why: 'a resourceVersion in a create: Kubernetes says 500 without a reason, or nothing in a dry run; it is the client’s fault',
    ends: true,
    allows: (command, _peer, target) =>
      command.op === 'create' && command.flaw === 'version' && fails(target, 400, 'BadRequest'),
  },
  {
    why: 'an object of another kind: a custom resource finds it invalid, for a typed one it cannot be decoded',
    allows: (command, peer, target) =>
      command.op === 'create' &&
      command.flaw === 'kind' &&
      fails(peer, 422, 'Invalid') &&
      fails(target, 400, 'BadRequest'),
  },
  {
    why: 'a JSON patch that replaces or copies what is not there: RFC 6902 makes it an error, Kubernetes’ library adds or ignores it',
    ends: true,
    allows: (command, peer, target) =>
      command.op === 'json' && peer.status === 200 && fails(target, 422, 'Invalid'),
  },
  {
    why: 'a JSON patch that cannot be applied, or makes something else of a string: words and place of the fault',
    allows: (command, peer, target) => command.op === 'json' && inOtherWords(peer, target, 422, 'Invalid'),
  },
  {
    why: 'a write with another uid: the words come from the storage underneath',
    allows: (command, peer, target) =>
      command.op === 'update' && command.uid !== 'none' && inOtherWords(peer, target, 409, 'Conflict'),
  },
];
