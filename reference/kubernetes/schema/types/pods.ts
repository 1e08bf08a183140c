/** The pod and what it is made of. Notation: see `../notation.ts`. */
export const podsTypes = `
Pod: apiVersion string, kind string, metadata ObjectMeta, spec PodSpec, status PodStatus
PodSpec: activeDeadlineSeconds int, affinity Affinity, automountServiceAccountToken bool,
  containers! [Container]@name, dnsConfig PodDNSConfig, dnsPolicy string, enableServiceLinks bool,
  ephemeralContainers [EphemeralContainer]@name, hostAliases [HostAlias]@ip, hostIPC bool,
  hostNetwork bool, hostPID bool, hostUsers bool, hostname string, hostnameOverride string,
  imagePullSecrets [LocalObjectReference]@name, initContainers [Container]@name, nodeName string,
  nodeSelector {string}%, os PodOS, overhead {quantity}, preemptionPolicy string, priority int,
  priorityClassName string, readinessGates [PodReadinessGate], resourceClaims [PodResourceClaim]@name~,
  resources ResourceRequirements, restartPolicy string, runtimeClassName string, schedulerName string,
  schedulingGates [PodSchedulingGate]@name, schedulingGroup PodSchedulingGroup,
  securityContext PodSecurityContext, serviceAccount string, serviceAccountName string,
  setHostnameAsFQDN bool, shareProcessNamespace bool, subdomain string, terminationGracePeriodSeconds int,
  tolerations [Toleration],
  topologySpreadConstraints [TopologySpreadConstraint]@topologyKey+whenUnsatisfiable,
  volumes [Volume]@name~
PodStatus: allocatedResources {quantity}, conditions [PodCondition]@type,
  containerStatuses [ContainerStatus], ephemeralContainerStatuses [ContainerStatus],
  extendedResourceClaimStatus PodExtendedResourceClaimStatus, hostIP string, hostIPs [HostIP],
  initContainerStatuses [ContainerStatus], message string,
  nodeAllocatableResourceClaimStatuses [NodeAllocatableResourceClaimStatus], nominatedNodeName string,
  observedGeneration int, phase string, podIP string, podIPs [PodIP]@ip, qosClass string, reason string,
  resize string, resourceClaimStatuses [PodResourceClaimStatus]@name~, resources ResourceRequirements,
  startTime time
Affinity: nodeAffinity NodeAffinity, podAffinity PodAffinity, podAntiAffinity PodAntiAffinity
Container: args [string], command [string], env [EnvVar]@name, envFrom [EnvFromSource], image string,
  imagePullPolicy string, lifecycle Lifecycle, livenessProbe Probe, name! string,
  ports [ContainerPort]@containerPort+protocol, readinessProbe Probe,
  resizePolicy [ContainerResizePolicy], resources ResourceRequirements, restartPolicy string,
  restartPolicyRules [ContainerRestartRule], securityContext SecurityContext, startupProbe Probe,
  stdin bool, stdinOnce bool, terminationMessagePath string, terminationMessagePolicy string, tty bool,
  volumeDevices [VolumeDevice]@devicePath, volumeMounts [VolumeMount]@mountPath, workingDir string
PodDNSConfig: nameservers [string], options [PodDNSConfigOption], searches [string]
EphemeralContainer: args [string], command [string], env [EnvVar]@name, envFrom [EnvFromSource],
  image string, imagePullPolicy string, lifecycle Lifecycle, livenessProbe Probe, name! string,
  ports [ContainerPort]@containerPort+protocol, readinessProbe Probe,
  resizePolicy [ContainerResizePolicy], resources ResourceRequirements, restartPolicy string,
  restartPolicyRules [ContainerRestartRule], securityContext SecurityContext, startupProbe Probe,
  stdin bool, stdinOnce bool, targetContainerName string, terminationMessagePath string,
  terminationMessagePolicy string, tty bool, volumeDevices [VolumeDevice]@devicePath,
  volumeMounts [VolumeMount]@mountPath, workingDir string
HostAlias: hostnames [string], ip! string
PodOS: name! string
PodReadinessGate: conditionType! string
PodResourceClaim: name! string, resourceClaimName string, resourceClaimTemplateName string
ResourceRequirements: claims [ResourceClaim]@name, limits {quantity}, requests {quantity}
PodSchedulingGate: name! string
PodSchedulingGroup: podGroupName string
PodSecurityContext: appArmorProfile AppArmorProfile, fsGroup int, fsGroupChangePolicy string,
  runAsGroup int, runAsNonRoot bool, runAsUser int, seLinuxChangePolicy string,
  seLinuxOptions SELinuxOptions, seccompProfile SeccompProfile, supplementalGroups [int],
  supplementalGroupsPolicy string, sysctls [Sysctl], windowsOptions WindowsSecurityContextOptions
Toleration: effect string, key string, operator string, tolerationSeconds int, value string
TopologySpreadConstraint: labelSelector LabelSelector, matchLabelKeys [string], maxSkew! int,
  minDomains int, nodeAffinityPolicy string, nodeTaintsPolicy string, topologyKey! string,
  whenUnsatisfiable! string
PodCondition: lastProbeTime time, lastTransitionTime time, message string, observedGeneration int,
  reason string, status! string, type! string
ContainerStatus: allocatedResources {quantity}, allocatedResourcesStatus [ResourceStatus]@name,
  containerID string, image! string, imageID! string, lastState ContainerState, name! string, ready! bool,
  resources ResourceRequirements, restartCount! int, started bool, state ContainerState,
  stopSignal string, user ContainerUser, volumeMounts [VolumeMountStatus]@mountPath
PodExtendedResourceClaimStatus: requestMappings! [ContainerExtendedResourceRequest],
  resourceClaimName! string
HostIP: ip! string
NodeAllocatableResourceClaimStatus: containers [string], resourceClaimName! string, resources! {quantity}
PodIP: ip! string
PodResourceClaimStatus: name! string, resourceClaimName string
PodTemplateSpec: metadata ObjectMeta, spec PodSpec
NodeAffinity: preferredDuringSchedulingIgnoredDuringExecution [PreferredSchedulingTerm],
  requiredDuringSchedulingIgnoredDuringExecution NodeSelector
PodAffinity: preferredDuringSchedulingIgnoredDuringExecution [WeightedPodAffinityTerm],
  requiredDuringSchedulingIgnoredDuringExecution [PodAffinityTerm]
PodAntiAffinity: preferredDuringSchedulingIgnoredDuringExecution [WeightedPodAffinityTerm],
  requiredDuringSchedulingIgnoredDuringExecution [PodAffinityTerm]
EnvVar: name! string, value string, valueFrom EnvVarSource
EnvFromSource: configMapRef ConfigMapEnvSource, prefix string, secretRef SecretEnvSource
Lifecycle: postStart LifecycleHandler, preStop LifecycleHandler, stopSignal string
Probe: exec ExecAction, failureThreshold int, grpc GRPCAction, httpGet HTTPGetAction,
  initialDelaySeconds int, periodSeconds int, successThreshold int, tcpSocket TCPSocketAction,
  terminationGracePeriodSeconds int, timeoutSeconds int
ContainerPort: containerPort! int, hostIP string, hostPort int, name string, protocol string="TCP"
ContainerResizePolicy: resourceName! string, restartPolicy! string
ContainerRestartRule: action! string, exitCodes ContainerRestartRuleOnExitCodes
SecurityContext: allowPrivilegeEscalation bool, appArmorProfile AppArmorProfile,
  capabilities Capabilities, privileged bool, procMount string, readOnlyRootFilesystem bool,
  runAsGroup int, runAsNonRoot bool, runAsUser int, seLinuxOptions SELinuxOptions,
  seccompProfile SeccompProfile, windowsOptions WindowsSecurityContextOptions
VolumeDevice: devicePath! string, name! string
VolumeMount: mountPath! string, mountPropagation string, name! string, readOnly bool,
  recursiveReadOnly string, subPath string, subPathExpr string
PodDNSConfigOption: name string, value string
ResourceClaim: name! string, request string
AppArmorProfile: localhostProfile string, type! string
SELinuxOptions: level string, role string, type string, user string
SeccompProfile: localhostProfile string, type! string
Sysctl: name! string, value! string
WindowsSecurityContextOptions: gmsaCredentialSpec string, gmsaCredentialSpecName string, hostProcess bool,
  runAsUserName string
ResourceStatus: name! string, resources [ResourceHealth]@resourceID
ContainerState: running ContainerStateRunning, terminated ContainerStateTerminated,
  waiting ContainerStateWaiting
ContainerUser: linux LinuxContainerUser
VolumeMountStatus: mountPath! string, name! string, readOnly bool, recursiveReadOnly string,
  volumeStatus VolumeStatus
ContainerExtendedResourceRequest: containerName! string, requestName! string, resourceName! string
PreferredSchedulingTerm: preference! NodeSelectorTerm, weight! int
NodeSelector%: nodeSelectorTerms! [NodeSelectorTerm]
WeightedPodAffinityTerm: podAffinityTerm! PodAffinityTerm, weight! int
PodAffinityTerm: labelSelector LabelSelector, matchLabelKeys [string], mismatchLabelKeys [string],
  namespaceSelector LabelSelector, namespaces [string], topologyKey! string
EnvVarSource: configMapKeyRef ConfigMapKeySelector, fieldRef ObjectFieldSelector,
  fileKeyRef FileKeySelector, resourceFieldRef ResourceFieldSelector, secretKeyRef SecretKeySelector
ConfigMapEnvSource: name string, optional bool
SecretEnvSource: name string, optional bool
LifecycleHandler: exec ExecAction, httpGet HTTPGetAction, sleep SleepAction, tcpSocket TCPSocketAction
ExecAction: command [string]
GRPCAction: port! int, service string
HTTPGetAction: host string, httpHeaders [HTTPHeader], path string, port! intOrString, scheme string
TCPSocketAction: host string, port! intOrString
ContainerRestartRuleOnExitCodes: operator! string, values [int]
Capabilities: add [string], drop [string]
ResourceHealth: health string, message string, resourceID! string
ContainerStateRunning: startedAt time
ContainerStateTerminated: containerID string, exitCode! int, finishedAt time, message string,
  reason string, signal int, startedAt time
ContainerStateWaiting: message string, reason string
LinuxContainerUser: gid! int, supplementalGroups [int], uid! int
VolumeStatus: image ImageVolumeStatus
NodeSelectorTerm%: matchExpressions [NodeSelectorRequirement], matchFields [NodeSelectorRequirement]
ConfigMapKeySelector%: key! string, name string, optional bool
ObjectFieldSelector%: apiVersion string, fieldPath! string
FileKeySelector%: key! string, optional bool, path! string, volumeName! string
ResourceFieldSelector%: containerName string, divisor quantity, resource! string
SecretKeySelector%: key! string, name string, optional bool
SleepAction: seconds! int
HTTPHeader: name! string, value! string
ImageVolumeStatus: imageRef! string
NodeSelectorRequirement: key! string, operator! string, values [string]
`;
