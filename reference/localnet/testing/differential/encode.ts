import { BcsWriter } from '../../chain/bytes.ts';
import { OP } from './call.ts';
import type { Known, ObjectKind, OpName } from './call.ts';
import type { Outcome, Recording } from './chain-side.ts';

/** Numbers of the event types, as `driver.move` has them. */
const EVENTS = [
  'StakeEvent',
  'UnstakeEvent',
  'SlashEvent',
  'SealTokenIssued',
  'SealTokenRevoked',
  'SealTokenShortened',
  'GatewayRegistered',
  'GatewayRetired',
  'EndpointRegistered',
  'EndpointStatusChanged',
  'EnclaveKeyRegistered',
  'EnclavePcrsChanged',
  'K8sAPIRequest',
  'K8sAPIResult',
  'ClusterCreated',
  'UserAuthorized',
  'UserRevoked',
  'AuditEvent',
];
const KINDS: readonly ObjectKind[] = [
  'StakingPool',
  'Registry',
  'StakeRecord',
  'SealToken',
  'NautilusEndpoint',
  'Cluster',
  'UserPermission',
  'GatewayCap',
  'MasterCap',
];
const LATE = { MasterCap: 1, UserPermission: 2 } as const;
const ANY = 0xffff;
const ID_BYTES = 32;

/** A run of the driver. */
export interface DriverRun {
  readonly program: Uint8Array;
  /** Set when the last call must abort. */
  readonly abort?: { readonly module: string; readonly code: bigint };
  /** What that call does. */
  readonly last?: OpName;
}

/** The successful calls with all that is compared, and one run for each abort, in which it comes last. */
export function encodeRuns(recording: Recording): DriverRun[] {
  const succeeded = recording.outcomes.filter(({ abort }) => abort === undefined);
  const runs: DriverRun[] = [{ program: encodeWhole(succeeded, recording) }];
  const before: Outcome[] = [];
  for (const outcome of recording.outcomes) {
    if (outcome.abort === undefined) before.push(outcome);
    else
      runs.push({
        program: encodeAbort(before, outcome, recording),
        abort: outcome.abort,
        last: outcome.call.op,
      });
  }
  return runs;
}

function encodeWhole(succeeded: readonly Outcome[], recording: Recording): Uint8Array {
  const writer = new BcsWriter().bool(true).uleb(succeeded.length);
  for (const outcome of succeeded) writeStep(writer, outcome, recording.known, true);
  writer.uleb(recording.known.length);
  for (const [number, known] of recording.known.entries()) {
    const contents = recording.contents[number] as Uint8Array;
    writer.u8(KINDS.indexOf(known.kind)).raw(u16(number));
    if (KINDS.indexOf(known.kind) >= KINDS.indexOf('UserPermission')) writer.address(known.owner);
    writeExpected(writer, contents, recording.known, tablesOf(known.kind, contents));
  }
  return writer.finish();
}

function encodeAbort(before: readonly Outcome[], last: Outcome, { known }: Recording): Uint8Array {
  const writer = new BcsWriter().bool(false).uleb(before.length + 1);
  for (const outcome of before) writeStep(writer, outcome, known, false);
  writeStep(writer, last, known, false);
  return writer.uleb(0).finish();
}

function writeStep(writer: BcsWriter, outcome: Outcome, known: readonly Known[], checked: boolean): void {
  const { call, returned, events, late } = outcome;
  writer.u8(OP[call.op]).address(call.sender).uleb(call.n.length);
  for (const number of call.n) writer.u64(number);
  writer.uleb(call.t.length);
  for (const text of call.t) writer.bytes(text);
  if (checked) {
    writeExpected(writer, returned, known);
    writer.u8(events.length);
  }
  writer.uleb(events.length);
  for (const { name, contents, makes } of events) {
    writer.u8(EVENTS.indexOf(name)).bool(makes);
    if (checked) writeExpected(writer, contents, known);
  }
  writer.u8(late === undefined ? 0 : LATE[late]);
}

/** Bytes, and where ids stand in them. `anyAt`: offsets of ids that no one numbers. */
function writeExpected(
  writer: BcsWriter,
  bytes: Uint8Array,
  known: readonly Known[],
  anyAt: readonly number[] = [],
): void {
  const text = Buffer.from(bytes);
  const places = anyAt.map((at): readonly [number, number] => [at, ANY]);
  for (const { id, number } of known) {
    const wanted = Buffer.from(id.slice(2), 'hex');
    for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + ID_BYTES))
      places.push([at, number]);
  }
  writer.bytes(bytes).uleb(places.length);
  for (const [at, number] of places) writer.raw(u16(at)).raw(u16(number));
}

/** Where the ids of an object's tables stand. */
function tablesOf(kind: ObjectKind, contents: Uint8Array): number[] {
  if (kind === 'StakingPool') {
    // Id and four sums of 8 bytes, then id and size of each table.
    const first = ID_BYTES + 4 * 8;
    return [first, first + ID_BYTES + 8];
  }
  if (kind === 'Registry') {
    // Id, time to live, the ids of the endpoints with their number before them, then two tables.
    const endpoints = ID_BYTES + 8;
    const first = endpoints + 1 + (contents[endpoints] as number) * ID_BYTES;
    return [first, first + ID_BYTES + 8];
  }
  return [];
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, value >>> 8);
}
