import { editOf, type ContractMutant } from './contract-mutant.ts';

const clusters = editOf('sources/k8s_interface.move');

/** Defects of `k8s_interface`: clusters, their users and what they are allowed. */
export const INTERFACE_MUTANTS: readonly ContractMutant[] = [
  {
    id: 'allowed-request-lost',
    defects: [],
    title: 'an allowed kubectl_request is answered as denied and leaves no audit event',
    edits: [
      clusters('    event::emit(AuditEvent {', '    if (!allowed) event::emit(AuditEvent {'),
      clusters('success: allowed,', 'success: false,'),
    ],
  },
  {
    id: 'authorised-twice',
    defects: [],
    title: 'a user is authorised again without notice, by the code of a library',
    edits: [clusters('    assert!(!cluster.authorized_users.contains(&user), EAlreadyAuthorised);\n')],
  },
  {
    id: 'cluster-fields-wrong',
    defects: ['D34'],
    title: 'a cluster does not say when it was made, and its event names another endpoint',
    edits: [
      clusters('created_at: clock.timestamp_ms() / 1000', 'created_at: 0'),
      clusters(
        'nautilus_endpoint: cluster.nautilus_endpoint,\n        name,',
        'nautilus_endpoint: object::id(&cluster),\n        name,',
      ),
    ],
  },
  {
    id: 'cluster-of-anyone',
    defects: ['D40'],
    title: 'anybody may authorise users in a cluster',
    edits: [
      clusters(
        '    assert!(ctx.sender() == cluster.owner, ENotOwner);\n    assert!(!permissions.is_empty()',
        '    assert!(!permissions.is_empty()',
      ),
    ],
  },
  {
    id: 'cluster-state-ignored',
    defects: ['D10'],
    title: 'a revoked user, and any user of a paused cluster, is still allowed',
    edits: [
      clusters(
        'cluster.authorized_users.contains(&user) &&\n    *dynamic_field::borrow<address, ID>(&cluster.id, user) == object::id(permission)',
        'true',
      ),
      clusters(
        '    if (cluster.status != STATUS_ACTIVE) return (b"ClusterPaused", b"the cluster is paused");\n',
      ),
    ],
  },
  {
    id: 'denial-aborts',
    defects: [],
    title: 'a denied kubectl_request aborts and leaves no audit event',
    edits: [
      clusters(
        '    let allowed = reason.is_empty();\n',
        '    let allowed = reason.is_empty();\n    assert!(allowed, ENotAuthorised);\n',
      ),
    ],
  },
  {
    id: 'permission-of-any-cluster',
    defects: ['D08'],
    title: 'a permission of one cluster counts in another',
    edits: [
      clusters('    permission.cluster == object::id(cluster) &&\n'),
      clusters(' &&\n    *dynamic_field::borrow<address, ID>(&cluster.id, user) == object::id(permission)'),
    ],
  },
];
