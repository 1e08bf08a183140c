import { editOf, type ContractMutant } from './contract-mutant.ts';

const gateway = editOf('sources/k8s_gateway.move');
const staking = editOf('sources/staking.move');

/** Defects of `k8s_gateway` in requests, results, endpoints and capabilities. */
export const REQUEST_MUTANTS: readonly ContractMutant[] = [
  {
    id: 'aborts-renumbered',
    defects: ['D33'],
    title: 'a missing endpoint aborts with a code that no table knows',
    edits: [
      gateway('const EEndpointUnavailable: u64 = 4;', 'const EEndpointUnavailable: u64 = 44;'),
      staking('const EAlreadyStaked: u64 = 3;', 'const EAlreadyStaked: u64 = 33;'),
    ],
  },
  {
    id: 'admin-cap-shared',
    defects: ['D40'],
    title: 'anybody may administer: the capability is a shared object',
    edits: [
      gateway(
        'transfer::transfer(AdminCap { id: object::new(ctx) }, ctx.sender())',
        'transfer::share_object(AdminCap { id: object::new(ctx) })',
      ),
    ],
  },
  {
    id: 'arguments-unchecked',
    defects: ['D54'],
    title:
      'requests, results and endpoints take any argument: queries, data in place of digests, unknown statuses',
    edits: [
      gateway(
        '    assert!(is_request_id(&request_id) && is_method(&method) && is_path(&path), EInvalidArgument);\n',
      ),
      gateway('    assert!(payload_digest.length() == DIGEST_LENGTH, EInvalidArgument);\n'),
      gateway('    assert!(body_digest.length() == DIGEST_LENGTH, EInvalidArgument);\n'),
      gateway('    assert!(status >= STATUS_ACTIVE && status <= STATUS_OFFLINE, EInvalidArgument);\n'),
      gateway('    assert!(public_key.length() == PUBLIC_KEY_LENGTH, EInvalidArgument);\n'),
    ],
  },
  {
    id: 'enclave-key-by-any-master',
    defects: ['D40', 'D52'],
    title: 'the master of one endpoint may speak for another',
    edits: [
      gateway(
        '    assert!(cap.endpoint == object::id(endpoint), EUnauthorised);\n    assert!(endpoint.status',
        '    assert!(endpoint.status',
      ),
    ],
  },
  {
    id: 'endpoint-status-ignored',
    defects: [],
    title: 'tokens are made and used for an endpoint that is out of service',
    edits: [
      gateway(
        '    if (listed) {\n        registry.endpoints.remove(at);\n    };\n',
        '    let _ = listed;\n    let _ = at;\n',
      ),
      gateway('    assert!(endpoint.status == STATUS_ACTIVE, EEndpointUnavailable);\n'),
    ],
  },
  {
    id: 'pcrs-unchecked',
    defects: ['D44'],
    title: 'measurements of any length become the expected ones',
    edits: ['0', '1', '2'].map((n) =>
      gateway(`    assert!(pcr${n}.length() == PCR_LENGTH, EInvalidArgument);\n`),
    ),
  },
  {
    id: 'request-events-wrong',
    defects: ['D34'],
    title: 'events of requests and results carry times in seconds, and a result no key version',
    edits: [
      gateway(
        'requester: token.owner,\n        nautilus_endpoint,\n        timestamp_ms: clock.timestamp_ms(),',
        'requester: token.owner,\n        nautilus_endpoint,\n        timestamp_ms: seconds(clock),',
      ),
      gateway(
        '        key_version: endpoint.key_version,\n        timestamp_ms',
        '        key_version: 0,\n        timestamp_ms',
      ),
    ],
  },
  {
    id: 'request-id-reused',
    defects: ['D04'],
    title: 'one request id is executed twice',
    edits: [
      gateway(
        '    assert!(!registry.requests.contains(request_id), ERequestIdUsed);\n',
        '    if (registry.requests.contains(request_id)) { registry.requests.remove(request_id); };\n',
      ),
    ],
  },
  {
    id: 'result-by-any-master',
    defects: ['D40', 'D35'],
    title: 'the master of one endpoint may answer requests to another',
    edits: [gateway('    assert!(slot.nautilus_endpoint == cap.endpoint, EUnauthorised);\n')],
  },
  {
    id: 'result-of-nothing',
    defects: ['D35'],
    title: 'a result is recorded for a request that nobody made',
    edits: [
      gateway(
        '    assert!(registry.requests.contains(request_id), EUnknownRequest);\n',
        '    if (!registry.requests.contains(request_id)) registry.requests.add(request_id, RequestSlot { token: cap.endpoint, nautilus_endpoint: cap.endpoint, answered: false });\n',
      ),
    ],
  },
  {
    id: 'result-twice',
    defects: ['D38'],
    title: 'a request gets two results',
    edits: [gateway('    assert!(!slot.answered, EAlreadyAnswered);\n')],
  },
  {
    id: 'retired-gateway-accepted',
    defects: ['D40'],
    title: 'a retired gateway goes on putting requests on chain',
    edits: [gateway('    assert!(!registry.revoked_gateways.contains(&object::id(cap)), EUnauthorised);\n')],
  },
];
