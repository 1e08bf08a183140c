import * as v from 'valibot';
import { encodeBase64url } from './base64url.ts';
import { isNodeId } from './node-id.ts';
import { parseJson, unparsed, type Parsed } from './parsed.ts';
import { matching, text, whole } from './schema.ts';
import { bytesField, countField, idField, u64Field } from './wire-fields.ts';

/** Seconds by which a body's timestamp may be off. */
const TIMESTAMP_WINDOW = 30;

/** Body of `POST /api/v1/register-worker`. */
export interface Registration {
  node_id: string;
  /** SealToken's id. */
  seal_token: string;
  /** Unix seconds. */
  timestamp: number;
}

/** Body of `POST /api/v1/heartbeat`. */
export interface Heartbeat {
  node_id: string;
  /** Unix seconds. */
  timestamp: number;
  /** As the worker sees its stake; the master goes by the chain. */
  stake_status: string;
  /** MIST. */
  stake_amount: bigint;
  running_pods: number;
  /** Shares or units as the agent measures them; shown, never trusted. */
  resource_usage: { cpu: number; memory: number; disk: number };
}

/** One event that somebody says has happened. */
export interface EventHint {
  tx_digest: string;
  event_seq: string;
}

/** Body of `PUT /api/v1/requests/{request_id}`. */
export interface ForwardedRequest {
  method: string;
  path: string;
  query: string;
  content_type: string;
  accept: string;
  body: Uint8Array;
}

const timestamp = whole(Number.MIN_SAFE_INTEGER);
const nodeId = text(1024);
const usage = v.pipe(v.number(), v.finite(), v.minValue(0));

const registrationSchema = v.object({ node_id: nodeId, seal_token: idField, timestamp });

const heartbeatSchema = v.object({
  node_id: nodeId,
  timestamp,
  stake_status: text(64),
  stake_amount: u64Field,
  running_pods: countField,
  resource_usage: v.object({ cpu: usage, memory: usage, disk: usage }),
});

const hintsSchema = v.object({
  events: v.pipe(
    v.array(
      v.object({
        tx_digest: matching(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/, 'must be a digest'),
        event_seq: v.pipe(
          v.union([countField, matching(/^(?:0|[1-9][0-9]{0,15})$/, 'must be decimal digits')]),
          v.transform((value) => String(value)),
        ),
      }),
    ),
    v.maxLength(1000),
  ),
});

const forwardedSchema = v.object({
  method: matching(/^[A-Z]{1,16}$/, 'must be a method'),
  path: v.pipe(text(8192), v.startsWith('/')),
  query: text(8192),
  content_type: text(256),
  accept: text(1024),
  body: bytesField,
});

/** Parses a registration. Reasons: BadRequest, InvalidNodeId. The timestamp is checked with `isTimely`. */
export function parseRegistration(bytes: Uint8Array): Parsed<Registration> {
  return withNodeId(parseJson(registrationSchema, bytes));
}

/** Parses a heartbeat. Reasons: BadRequest, InvalidNodeId. The timestamp is checked with `isTimely`. */
export function parseHeartbeat(bytes: Uint8Array): Parsed<Heartbeat> {
  return withNodeId(parseJson(heartbeatSchema, bytes));
}

/** Parses the hints about chain events. Reason: BadRequest. */
export function parseEventHints(bytes: Uint8Array): Parsed<EventHint[]> {
  const hints = parseJson(hintsSchema, bytes);
  return hints.ok ? { ok: true, value: hints.value.events } : hints;
}

/** Parses a request that the gateway hands over. Reason: BadRequest. */
export function parseForwardedRequest(bytes: Uint8Array): Parsed<ForwardedRequest> {
  return parseJson(forwardedSchema, bytes);
}

/** The JSON text of a request to hand over. */
export function forwardedRequestJson(request: ForwardedRequest): string {
  return JSON.stringify({ ...request, body: encodeBase64url(request.body) });
}

/** The JSON text of a heartbeat. */
export function heartbeatJson(heartbeat: Heartbeat): string {
  const { stake_amount: amount } = heartbeat;
  const exact = amount <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(amount) : amount.toString();
  return JSON.stringify({ ...heartbeat, stake_amount: exact });
}

/** True when a body's timestamp (Unix seconds) is within the window around now. */
export function isTimely(timestampSeconds: number, nowMs: number, window = TIMESTAMP_WINDOW): boolean {
  return Math.abs(timestampSeconds * 1000 - nowMs) <= window * 1000;
}

function withNodeId<T extends { node_id: string }>(parsed: Parsed<T>): Parsed<T> {
  if (!parsed.ok || isNodeId(parsed.value.node_id)) return parsed;
  return unparsed('InvalidNodeId', 'node_id is not a DNS-1123 label');
}
