/** One kubectl request as the gateway hands it over; `body` base64url. */
export interface RequestPayload {
  method: string;
  path: string;
  query: string;
  content_type: string;
  accept: string;
  body: string;
}

/** What the chain says about a request. */
export interface RequestEvent {
  request_id: string;
  token: string;
  method: string;
  path: string;
  namespace: string;
  resource_type: string;
  /** base64url, 32 bytes. */
  payload_digest: string;
  requester: string;
  timestamp_ms: number;
}

/** The answer, signed with the enclave's key; the body of GET /api/v1/responses/{id}. */
export interface RequestResult {
  request_id: string;
  status_code: number;
  content_type: string;
  /** base64url. */
  body: string;
  timestamp_ms: number;
  key_version: number;
  /** base64url Ed25519. */
  signature: string;
}

/** Everything known of one request, as it is stored. */
export interface RequestRecord {
  id: string;
  /** Unix milliseconds at which the first of payload and event came. */
  received_at: number;
  /** Id of the GatewayCap that handed the payload over. */
  gateway?: string;
  payload?: RequestPayload;
  /** base64url digest of the payload. */
  payload_digest?: string;
  event?: RequestEvent;
  /** Place of the event among all that were taken in; several may carry the same time. */
  order?: number;
  /** The payload handed over was not the one the chain announced. */
  mismatch?: true;
  result?: RequestResult;
  /** The result is on the chain. */
  anchored?: true;
}

/** Payload and event are both there and agree, and it has not run yet. */
export function isReady(record: RequestRecord): record is RequestRecord & {
  payload: RequestPayload;
  event: RequestEvent;
} {
  return record.payload !== undefined && record.event !== undefined && record.result === undefined;
}
