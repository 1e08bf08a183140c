/**
 * Field numbers of the messages that clients send as protobuf: what kubectl's create commands, reviews and
 * evictions consist of. One message a line, `number name`; types and repetition come from the schema. A
 * field that is missing here makes the body one the server cannot read, never one it reads wrongly.
 */
export const fieldNumbers = `
ObjectMeta: 1 name, 2 generateName, 3 namespace, 4 selfLink, 5 uid, 6 resourceVersion, 7 generation, 8 creationTimestamp, 9 deletionTimestamp, 10 deletionGracePeriodSeconds, 11 labels, 12 annotations, 13 ownerReferences, 14 finalizers
OwnerReference: 1 kind, 3 name, 4 uid, 5 apiVersion, 6 controller, 7 blockOwnerDeletion
LabelSelector: 1 matchLabels, 2 matchExpressions
LabelSelectorRequirement: 1 key, 2 operator, 3 values
DeleteOptions: 1 gracePeriodSeconds, 2 preconditions, 3 orphanDependents, 4 propagationPolicy, 5 dryRun
Preconditions: 1 uid, 2 resourceVersion
Namespace: 1 metadata, 2 spec, 3 status
NamespaceSpec: 1 finalizers
NamespaceStatus: 1 phase
ConfigMap: 1 metadata, 2 data, 3 binaryData, 4 immutable
Secret: 1 metadata, 2 data, 3 type, 4 stringData, 5 immutable
ServiceAccount: 1 metadata, 2 secrets, 3 imagePullSecrets, 4 automountServiceAccountToken
LocalObjectReference: 1 name
ObjectReference: 1 kind, 2 namespace, 3 name, 4 uid, 5 apiVersion, 6 resourceVersion, 7 fieldPath
Binding: 1 metadata, 2 target
Eviction: 1 metadata, 2 deleteOptions
Service: 1 metadata, 2 spec, 3 status
ServiceSpec: 1 ports, 2 selector, 3 clusterIP, 4 type, 5 externalIPs, 7 sessionAffinity, 8 loadBalancerIP, 9 loadBalancerSourceRanges, 10 externalName, 11 externalTrafficPolicy, 12 healthCheckNodePort, 13 publishNotReadyAddresses, 17 ipFamilyPolicy, 18 clusterIPs, 19 ipFamilies, 20 allocateLoadBalancerNodePorts, 21 loadBalancerClass, 22 internalTrafficPolicy
ServicePort: 1 name, 2 protocol, 3 port, 4 targetPort, 5 nodePort, 6 appProtocol
ServiceStatus: 1 loadBalancer
LoadBalancerStatus:
Deployment: 1 metadata, 2 spec, 3 status
DeploymentSpec: 1 replicas, 2 selector, 3 template, 4 strategy, 5 minReadySeconds, 6 revisionHistoryLimit, 7 paused, 9 progressDeadlineSeconds
DeploymentStrategy: 1 type, 2 rollingUpdate
RollingUpdateDeployment: 1 maxUnavailable, 2 maxSurge
DeploymentStatus: 1 observedGeneration, 2 replicas, 3 updatedReplicas, 4 availableReplicas, 5 unavailableReplicas, 7 readyReplicas
PodTemplateSpec: 1 metadata, 2 spec
Pod: 1 metadata, 2 spec, 3 status
PodStatus: 1 phase
PodSpec: 2 containers, 3 restartPolicy, 4 terminationGracePeriodSeconds, 5 activeDeadlineSeconds, 6 dnsPolicy, 7 nodeSelector, 8 serviceAccountName, 9 serviceAccount, 10 nodeName, 11 hostNetwork, 12 hostPID, 13 hostIPC, 15 imagePullSecrets, 16 hostname, 17 subdomain, 19 schedulerName, 20 initContainers, 21 automountServiceAccountToken, 22 tolerations, 24 priorityClassName, 25 priority
Toleration: 1 key, 2 operator, 3 value, 4 effect, 5 tolerationSeconds
Container: 1 name, 2 image, 3 command, 4 args, 5 workingDir, 6 ports, 7 env, 8 resources, 9 volumeMounts, 13 terminationMessagePath, 14 imagePullPolicy, 16 stdin, 17 stdinOnce, 18 tty, 20 terminationMessagePolicy
ContainerPort: 1 name, 2 hostPort, 3 containerPort, 4 protocol, 5 hostIP
EnvVar: 1 name, 2 value
VolumeMount: 1 name, 2 readOnly, 3 mountPath, 4 subPath
ResourceRequirements: 1 limits, 2 requests
Lease: 1 metadata, 2 spec
LeaseSpec: 1 holderIdentity, 2 leaseDurationSeconds, 3 acquireTime, 4 renewTime, 5 leaseTransitions
SelfSubjectAccessReview: 1 metadata, 2 spec, 3 status
SelfSubjectAccessReviewSpec: 1 resourceAttributes, 2 nonResourceAttributes
SubjectAccessReviewStatus: 1 allowed, 2 reason, 3 evaluationError, 4 denied
ResourceAttributes: 1 namespace, 2 verb, 3 group, 4 version, 5 resource, 6 subresource, 7 name
NonResourceAttributes: 1 path, 2 verb
SelfSubjectReview: 1 metadata, 2 status
SelfSubjectReviewStatus: 1 userInfo
UserInfo: 1 username, 2 uid, 3 groups
`;
