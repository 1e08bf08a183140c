/** Deployments and replica sets. Notation: see `../notation.ts`. */
export const appsTypes = `
Deployment: apiVersion string, kind string, metadata ObjectMeta, spec DeploymentSpec,
  status DeploymentStatus
DeploymentSpec: minReadySeconds int, paused bool, progressDeadlineSeconds int, replicas int,
  revisionHistoryLimit int, selector! LabelSelector, strategy DeploymentStrategy~,
  template! PodTemplateSpec
DeploymentStrategy: rollingUpdate RollingUpdateDeployment, type string
RollingUpdateDeployment: maxSurge intOrString, maxUnavailable intOrString
DeploymentStatus: availableReplicas int, collisionCount int, conditions [DeploymentCondition]@type,
  observedGeneration int, readyReplicas int, replicas int, terminatingReplicas int,
  unavailableReplicas int, updatedReplicas int
DeploymentCondition: lastTransitionTime time, lastUpdateTime time, message string, reason string,
  status! string, type! string
ReplicaSet: apiVersion string, kind string, metadata ObjectMeta, spec ReplicaSetSpec,
  status ReplicaSetStatus
ReplicaSetSpec: minReadySeconds int, replicas int, selector! LabelSelector, template PodTemplateSpec
ReplicaSetStatus: availableReplicas int, conditions [ReplicaSetCondition]@type, fullyLabeledReplicas int,
  observedGeneration int, readyReplicas int, replicas! int, terminatingReplicas int
ReplicaSetCondition: lastTransitionTime time, message string, reason string, status! string, type! string
`;

/** The kinds of the autoscaling group. Notation: see `../notation.ts`. */
export const autoscalingTypes = `
Scale: apiVersion string, kind string, metadata ObjectMeta, spec ScaleSpec, status ScaleStatus
ScaleSpec: replicas int
ScaleStatus: replicas! int, selector string
`;

/** The kinds of the policy group. Notation: see `../notation.ts`. */
export const policyTypes = `
Eviction: apiVersion string, deleteOptions DeleteOptions, kind string, metadata ObjectMeta
`;

/** The kinds of the coordination group. Notation: see `../notation.ts`. */
export const coordinationTypes = `
Lease: apiVersion string, kind string, metadata ObjectMeta, spec LeaseSpec
LeaseSpec: acquireTime microtime, holderIdentity string, leaseDurationSeconds int, leaseTransitions int,
  preferredHolder string, renewTime microtime, strategy string
`;

/** The kinds of the events group. Notation: see `../notation.ts`. */
export const eventsTypes = `
EventsEvent: action string, apiVersion string, deprecatedCount int, deprecatedFirstTimestamp time,
  deprecatedLastTimestamp time, deprecatedSource EventSource, eventTime! microtime, kind string,
  metadata ObjectMeta, note string, reason string, regarding ObjectReference, related ObjectReference,
  reportingController string, reportingInstance string, series EventsEventSeries, type string
EventsEventSeries: count! int, lastObservedTime! microtime
`;

/** The kinds of the authorization group. Notation: see `../notation.ts`. */
export const authorizationTypes = `
SelfSubjectAccessReview: apiVersion string, kind string, metadata ObjectMeta,
  spec! SelfSubjectAccessReviewSpec, status SubjectAccessReviewStatus
SelfSubjectAccessReviewSpec: nonResourceAttributes NonResourceAttributes,
  resourceAttributes ResourceAttributes
SubjectAccessReviewStatus: allowed! bool, denied bool, evaluationError string, reason string
NonResourceAttributes: path string, verb string
ResourceAttributes: fieldSelector FieldSelectorAttributes, group string,
  labelSelector LabelSelectorAttributes, name string, namespace string, resource string,
  subresource string, verb string, version string
FieldSelectorAttributes: rawSelector string, requirements [FieldSelectorRequirement]
LabelSelectorAttributes: rawSelector string, requirements [LabelSelectorRequirement]
`;

/** The kinds of the authentication group. Notation: see `../notation.ts`. */
export const authenticationTypes = `
SelfSubjectReview: apiVersion string, kind string, metadata ObjectMeta, status SelfSubjectReviewStatus
SelfSubjectReviewStatus: userInfo UserInfo
UserInfo: extra {[string]}, groups [string], uid string, username string
`;
