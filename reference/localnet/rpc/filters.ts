import type { GrpcTypes } from '@mysten/sui/grpc';
import { parseAddress } from '../chain/bytes.ts';
import type { TransactionRecord } from '../chain/checkpoint.ts';
import { holderOf } from '../chain/effects.ts';
import type { EmittedEvent } from '../chain/execution-state.ts';
import { typeName } from '../chain/type-tags.ts';
import { RpcFailure } from './status.ts';

type EventPredicate = GrpcTypes.EventLiteral['predicate'];
type TransactionPredicate = GrpcTypes.TransactionLiteral['predicate'];

/** A filter is a disjunction of terms, a term a conjunction of literals; an absent filter passes everything. */
function matches<P>(
  filter:
    | { readonly terms: readonly { readonly literals: readonly { negated: boolean; predicate: P }[] }[] }
    | undefined,
  test: (predicate: P) => boolean,
): boolean {
  if (filter === undefined || filter.terms.length === 0) return true;
  return filter.terms.some((term) =>
    term.literals.every((literal) => test(literal.predicate) !== literal.negated),
  );
}

export function matchesEvent(filter: GrpcTypes.EventFilter | undefined, event: EmittedEvent): boolean {
  return matches(filter, (predicate) => testEvent(predicate, event));
}

export function matchesTransaction(
  filter: GrpcTypes.TransactionFilter | undefined,
  record: TransactionRecord,
): boolean {
  return matches(filter, (predicate) => testTransaction(predicate, record));
}

function testEvent(predicate: EventPredicate, event: EmittedEvent): boolean {
  switch (predicate.oneofKind) {
    case 'sender':
      return sameAddress(predicate.sender.address, event.sender);
    case 'emitModule':
      return path(predicate.emitModule.module, event.package, event.module);
    case 'eventType':
      return typePrefix(predicate.eventType.eventType, typeName(event.type));
    default:
      throw unsupported(predicate.oneofKind);
  }
}

function testTransaction(predicate: TransactionPredicate, record: TransactionRecord): boolean {
  const { transaction, result } = record;
  const { changes } = result.effects;
  switch (predicate.oneofKind) {
    case 'sender':
      return sameAddress(predicate.sender.address, transaction.sender);
    case 'affectedObject':
      return changes.some(({ id }) => sameAddress(predicate.affectedObject.objectId, id));
    case 'affectedAddress': {
      const { address } = predicate.affectedAddress;
      const holders = changes.flatMap(({ before, after }) =>
        [before, after].map((object) => (object ? holderOf(object.owner) : undefined)),
      );
      return [transaction.sender, transaction.gasData.owner, ...holders].some(
        (holder) => holder !== undefined && sameAddress(address, holder),
      );
    }
    case 'moveCall':
      return transaction.program.commands.some(({ MoveCall: call }) =>
        call ? path(predicate.moveCall.function, call.package, call.module, call.function) : false,
      );
    case 'emitModule':
      return result.events.some((event) => path(predicate.emitModule.module, event.package, event.module));
    case 'eventType':
      return result.events.some((event) => typePrefix(predicate.eventType.eventType, typeName(event.type)));
    case 'packageWrite':
      return changes.some(({ after }) => after?.data.kind === 'package');
    default:
      throw unsupported(predicate.oneofKind);
  }
}

function unsupported(kind: string | undefined): RpcFailure {
  return new RpcFailure('INVALID_ARGUMENT', `unsupported filter predicate: ${kind ?? 'none'}`);
}

function sameAddress(text: string | undefined, address: string): boolean {
  return text !== undefined && parseAddress(text) === address;
}

/** `package[::module[::function]]` against the full path. */
function path(wanted: string | undefined, address: string, ...names: readonly string[]): boolean {
  const [first, ...rest] = (wanted ?? '').split('::');
  return sameAddress(first, address) && rest.every((name, index) => names[index] === name);
}

/** `package[::module[::Name[<…>]]]` against a canonical type name. */
function typePrefix(wanted: string | undefined, name: string): boolean {
  const [first = '', ...rest] = (wanted ?? '').split('::');
  const address = parseAddress(first);
  if (address === undefined) return false;
  const normal = [address, ...rest]
    .join('::')
    .replaceAll(/0x[0-9a-fA-F]+/g, (text) => parseAddress(text) ?? text);
  if (name === normal.replaceAll(' ', '')) return true;
  return name.startsWith(rest.length < 2 ? `${normal}::` : `${normal}<`);
}
