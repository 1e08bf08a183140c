/** Core kinds but the pod. Notation: see `../notation.ts`. */
export const coreTypes = `
Namespace: apiVersion string, kind string, metadata ObjectMeta, spec NamespaceSpec,
  status NamespaceStatus
Node: apiVersion string, kind string, metadata ObjectMeta, spec NodeSpec, status NodeStatus
Service: apiVersion string, kind string, metadata ObjectMeta, spec ServiceSpec, status ServiceStatus
ConfigMap: apiVersion string, binaryData {bytes}, data {string}, immutable bool, kind string,
  metadata ObjectMeta
Secret: apiVersion string, data {bytes}, immutable bool, kind string, metadata ObjectMeta,
  stringData {string}, type string
Event: action string, apiVersion string, count int, eventTime microtime, firstTimestamp time,
  involvedObject! ObjectReference, kind string, lastTimestamp time, message string, metadata! ObjectMeta,
  reason string, related ObjectReference, reportingComponent string, reportingInstance string,
  series EventSeries, source EventSource, type string
Endpoints: apiVersion string, kind string, metadata ObjectMeta, subsets [EndpointSubset]
ServiceAccount: apiVersion string, automountServiceAccountToken bool,
  imagePullSecrets [LocalObjectReference], kind string, metadata ObjectMeta,
  secrets [ObjectReference]@name
Binding: apiVersion string, kind string, metadata ObjectMeta, target! ObjectReference
NamespaceSpec: finalizers [string]
NamespaceStatus: conditions [NamespaceCondition]@type, phase string
NodeSpec: configSource NodeConfigSource, externalID string, podCIDR string, podCIDRs [string]=,
  providerID string, taints [Taint], unschedulable bool
NodeStatus: addresses [NodeAddress]@type, allocatable {quantity}, capacity {quantity},
  conditions [NodeCondition]@type, config NodeConfigStatus, daemonEndpoints NodeDaemonEndpoints,
  declaredFeatures [string], features NodeFeatures, images [ContainerImage], nodeInfo NodeSystemInfo,
  phase string, runtimeHandlers [NodeRuntimeHandler], volumesAttached [AttachedVolume],
  volumesInUse [string]
ServiceSpec: allocateLoadBalancerNodePorts bool, clusterIP string, clusterIPs [string],
  externalIPs [string], externalName string, externalTrafficPolicy string, healthCheckNodePort int,
  internalTrafficPolicy string, ipFamilies [string], ipFamilyPolicy string, loadBalancerClass string,
  loadBalancerIP string, loadBalancerSourceRanges [string], ports [ServicePort]@port+protocol,
  publishNotReadyAddresses bool, selector {string}%, sessionAffinity string,
  sessionAffinityConfig SessionAffinityConfig, trafficDistribution string, type string
ServiceStatus: conditions [Condition]@type, loadBalancer LoadBalancerStatus
ObjectReference%: apiVersion string, fieldPath string, kind string, name string, namespace string,
  resourceVersion string, uid string
EventSeries: count int, lastObservedTime microtime
EventSource: component string, host string
EndpointSubset: addresses [EndpointAddress], notReadyAddresses [EndpointAddress], ports [EndpointPort]
LocalObjectReference%: name string
NamespaceCondition: lastTransitionTime time, message string, reason string, status! string, type! string
NodeConfigSource: configMap ConfigMapNodeConfigSource
Taint: effect! string, key! string, timeAdded time, value string
NodeAddress: address! string, type! string
NodeCondition: lastHeartbeatTime time, lastTransitionTime time, message string, reason string,
  status! string, type! string
NodeConfigStatus: active NodeConfigSource, assigned NodeConfigSource, error string,
  lastKnownGood NodeConfigSource
NodeDaemonEndpoints: kubeletEndpoint DaemonEndpoint
NodeFeatures: supplementalGroupsPolicy bool
ContainerImage: names [string], sizeBytes int
NodeSystemInfo: architecture! string, bootID! string, containerRuntimeVersion! string,
  kernelVersion! string, kubeProxyVersion! string, kubeletVersion! string, machineID! string,
  operatingSystem! string, osImage! string, swap NodeSwapStatus, systemUUID! string
NodeRuntimeHandler: features NodeRuntimeHandlerFeatures, name string
AttachedVolume: devicePath! string, name! string
ServicePort: appProtocol string, name string, nodePort int, port! int, protocol string="TCP",
  targetPort intOrString
SessionAffinityConfig: clientIP ClientIPConfig
LoadBalancerStatus: ingress [LoadBalancerIngress]
EndpointAddress: hostname string, ip! string, nodeName string, targetRef ObjectReference
EndpointPort: appProtocol string, name string, port! int, protocol string
ConfigMapNodeConfigSource: kubeletConfigKey! string, name! string, namespace! string,
  resourceVersion string, uid string
DaemonEndpoint: Port! int
NodeSwapStatus: capacity int
NodeRuntimeHandlerFeatures: recursiveReadOnlyMounts bool, userNamespaces bool
ClientIPConfig: timeoutSeconds int
LoadBalancerIngress: hostname string, ip string, ipMode string, ports [PortStatus]
PortStatus: error string, port! int, protocol! string
`;
