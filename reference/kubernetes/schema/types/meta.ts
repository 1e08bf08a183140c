/** Types every object shares. Notation: see `../notation.ts`. */
export const metaTypes = `
ObjectMeta: annotations {string}, creationTimestamp time, deletionGracePeriodSeconds int,
  deletionTimestamp time, finalizers [string]=, generateName string, generation int, labels {string},
  managedFields [ManagedFieldsEntry], name string, namespace string, ownerReferences [OwnerReference]@uid,
  resourceVersion string, selfLink string, uid string
ManagedFieldsEntry: apiVersion string, fieldsType string, fieldsV1 json, manager string, operation string,
  subresource string, time time
OwnerReference%: apiVersion! string, blockOwnerDeletion bool, controller bool, kind! string, name! string,
  uid! string
LabelSelector%: matchExpressions [LabelSelectorRequirement], matchLabels {string}
LabelSelectorRequirement: key! string, operator! string, values [string]
Condition: lastTransitionTime! time, message! string, observedGeneration int, reason! string,
  status! string, type! string
DeleteOptions: apiVersion string, dryRun [string], gracePeriodSeconds int,
  ignoreStoreReadErrorWithClusterBreakingPotential bool, kind string, orphanDependents bool,
  preconditions Preconditions, propagationPolicy string
Preconditions: resourceVersion string, uid string
FieldSelectorRequirement: key! string, operator! string, values [string]
`;
