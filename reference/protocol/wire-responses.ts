import * as v from 'valibot';
import { encodeBase64url } from './base64url.ts';
import { parseJson, type Parsed } from './parsed.ts';
import { isReason, type Reason } from './reasons.ts';
import { filled, text, whole } from './schema.ts';
import { bytesField, countField, requestIdField, u64Field } from './wire-fields.ts';

/** Body of a 200 from `GET /api/v1/responses/{request_id}`. */
export interface RecordedResponse {
  request_id: string;
  status_code: number;
  content_type: string;
  body: Uint8Array;
  timestamp_ms: number;
  key_version: bigint;
  /** Enclave's Ed25519 signature, see response-signature.ts. */
  signature: Uint8Array;
}

/** How a worker joins the cluster. */
export interface JoinData {
  /** URL of the master's Kubernetes API. */
  server: string;
  /** Bearer token of `system:node:<node_id>`; a secret. */
  token: string;
  /** PEM of the master's CA. */
  ca?: string | undefined;
  /** The enclave's word for it; an attesting worker insists on it. */
  timestamp_ms?: number | undefined;
  key_version?: bigint | undefined;
  signature?: Uint8Array | undefined;
}

/** Body of a 200 from `POST /api/v1/register-worker`. */
export interface RegistrationAnswer {
  status: 'registered';
  node_id: string;
  message: string;
  join?: JoinData | undefined;
}

const recordedSchema = v.object({
  request_id: requestIdField,
  status_code: whole(100, 599),
  content_type: text(256),
  body: bytesField,
  timestamp_ms: countField,
  key_version: u64Field,
  signature: bytesField,
});

const registrationAnswerSchema = v.object({
  status: v.literal('registered'),
  node_id: v.string(),
  message: v.string(),
  join: v.optional(
    v.object({
      server: text(2048),
      token: v.pipe(filled, v.maxLength(4096)),
      ca: v.optional(text(65_536)),
      timestamp_ms: v.optional(countField),
      key_version: v.optional(u64Field),
      signature: v.optional(bytesField),
    }),
  ),
});

const apiErrorSchema = v.object({
  error: v.object({ reason: v.string(), message: v.string(), code: whole(Number.MIN_SAFE_INTEGER) }),
});

const attestationSchema = v.object({ document: bytesField });

/** Parses a recorded response. */
export function parseRecordedResponse(bytes: Uint8Array): Parsed<RecordedResponse> {
  return parseJson(recordedSchema, bytes);
}

/** The JSON text of a recorded response. */
export function recordedResponseJson(response: RecordedResponse): string {
  const { body, signature, key_version: version } = response;
  return JSON.stringify({
    ...response,
    body: encodeBase64url(body),
    key_version: Number(version),
    signature: encodeBase64url(signature),
  });
}

/** Parses the answer to a registration. */
export function parseRegistrationAnswer(bytes: Uint8Array): Parsed<RegistrationAnswer> {
  return parseJson(registrationAnswerSchema, bytes);
}

/** Parses `{document}` of `GET /api/v1/attestation`: the COSE document's bytes. */
export function parseAttestationAnswer(bytes: Uint8Array): Parsed<Uint8Array> {
  const parsed = parseJson(attestationSchema, bytes);
  return parsed.ok ? { ok: true, value: parsed.value.document } : parsed;
}

/** Our reason in the body of a failed /api/v1 call; undefined when there is none we know. */
export function reasonOfApiError(bytes: Uint8Array): Reason | undefined {
  const parsed = parseJson(apiErrorSchema, bytes);
  return parsed.ok && isReason(parsed.value.error.reason) ? parsed.value.error.reason : undefined;
}
