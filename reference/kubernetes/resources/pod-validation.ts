import type { FieldError } from '../errors.ts';
import { fieldDuplicate, fieldForbidden, fieldInvalid, fieldNotSupported, fieldRequired } from '../errors.ts';
import { deepEqual } from '../meta/json.ts';
import { nameProblem, portNameProblem, portProblem } from '../meta/names.ts';
import type { Container, ContainerPort, Pod, PodSpec } from '../meta/objects.ts';
import { quantityOf } from '../quantity.ts';

/** Checks a pod's or a template's spec at `path`. */
export function validatePodSpec(spec: PodSpec | undefined, path: string): FieldError[] {
  if (spec === undefined) return [fieldRequired(`${path}.containers`)];
  const errors: FieldError[] = [];
  const volumes = new Set<string>();
  for (const [index, volume] of (spec.volumes ?? []).entries()) {
    checkName(errors, `${path}.volumes[${index}].name`, volume.name, volumes);
  }
  if ((spec.containers ?? []).length === 0) errors.push(fieldRequired(`${path}.containers`));
  const names = new Set<string>();
  for (const [index, container] of (spec.containers ?? []).entries()) {
    validateContainer(errors, container, `${path}.containers[${index}]`, names, volumes);
  }
  for (const [index, container] of (spec.initContainers ?? []).entries()) {
    validateContainer(errors, container, `${path}.initContainers[${index}]`, names, volumes);
  }
  supported(errors, `${path}.restartPolicy`, spec.restartPolicy, ['Always', 'OnFailure', 'Never']);
  supported(errors, `${path}.dnsPolicy`, spec.dnsPolicy, [
    'ClusterFirstWithHostNet',
    'ClusterFirst',
    'Default',
    'None',
  ]);
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    errors.push(
      fieldInvalid(
        `${path}.terminationGracePeriodSeconds`,
        spec.terminationGracePeriodSeconds,
        'must be greater than or equal to 0',
      ),
    );
  }
  for (const [index, toleration] of (spec.tolerations ?? []).entries()) {
    const at = `${path}.tolerations[${index}]`;
    supported(errors, `${at}.operator`, toleration.operator, ['Equal', 'Exists']);
    supported(errors, `${at}.effect`, toleration.effect, ['NoSchedule', 'PreferNoSchedule', 'NoExecute']);
    if ((toleration.key ?? '') === '' && toleration.operator !== 'Exists') {
      errors.push(
        fieldInvalid(
          `${at}.operator`,
          toleration.operator ?? '',
          'operator must be Exists when `key` is empty',
        ),
      );
    }
  }
  if (spec.nodeName !== undefined && nameProblem(spec.nodeName, 'subdomain') !== undefined) {
    errors.push(
      fieldInvalid(`${path}.nodeName`, spec.nodeName, nameProblem(spec.nodeName, 'subdomain') ?? ''),
    );
  }
  return errors;
}

function validateContainer(
  errors: FieldError[],
  container: Container,
  path: string,
  names: Set<string>,
  volumes: ReadonlySet<string>,
): void {
  checkName(errors, `${path}.name`, container.name, names);
  if ((container.image ?? '') === '') errors.push(fieldRequired(`${path}.image`));
  else if (container.image?.trim() !== container.image) {
    errors.push(
      fieldInvalid(`${path}.image`, container.image, 'must not have leading or trailing whitespace'),
    );
  }
  supported(errors, `${path}.imagePullPolicy`, container.imagePullPolicy, [
    'Always',
    'IfNotPresent',
    'Never',
  ]);
  supported(errors, `${path}.terminationMessagePolicy`, container.terminationMessagePolicy, [
    'FallbackToLogsOnError',
    'File',
  ]);
  const ports = new Set<string>();
  for (const [index, port] of (container.ports ?? []).entries()) {
    validatePort(errors, port, `${path}.ports[${index}]`, ports);
  }
  for (const [index, variable] of (container.env ?? []).entries()) {
    const at = `${path}.env[${index}].name`;
    if ((variable.name ?? '') === '') errors.push(fieldRequired(at));
    else if (!/^[^=\s\p{Cc}]+$/u.test(variable.name)) {
      errors.push(
        fieldInvalid(
          at,
          variable.name,
          "a valid environment variable name must consist only of printable ASCII characters other than '='",
        ),
      );
    }
  }
  const mounted = new Set<string>();
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const at = `${path}.volumeMounts[${index}]`;
    if ((mount.name ?? '') === '') errors.push(fieldRequired(`${at}.name`));
    else if (!volumes.has(mount.name)) {
      errors.push({
        reason: 'FieldValueNotFound',
        field: `${at}.name`,
        message: `Not found: "${mount.name}"`,
      });
    }
    if ((mount.mountPath ?? '') === '') errors.push(fieldRequired(`${at}.mountPath`));
    else if (mounted.has(mount.mountPath))
      errors.push(fieldInvalid(`${at}.mountPath`, mount.mountPath, 'must be unique'));
    mounted.add(mount.mountPath);
  }
  validateResources(errors, container, `${path}.resources`);
}

function validateResources(errors: FieldError[], container: Container, path: string): void {
  const { requests = {}, limits = {} } = container.resources ?? {};
  for (const [kind, amounts] of [
    ['requests', requests],
    ['limits', limits],
  ] as const) {
    for (const [name, amount] of Object.entries(amounts)) {
      if (quantityOf(amount) < 0n) {
        errors.push(fieldInvalid(`${path}.${kind}[${name}]`, amount, 'must be greater than or equal to 0'));
      }
    }
  }
  for (const [name, request] of Object.entries(requests)) {
    const limit = Object.hasOwn(limits, name) ? limits[name] : undefined;
    if (limit !== undefined && quantityOf(request) > quantityOf(limit)) {
      errors.push(
        fieldInvalid(`${path}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`),
      );
    }
  }
}

function validatePort(errors: FieldError[], port: ContainerPort, path: string, names: Set<string>): void {
  if (port.name !== undefined && port.name !== '') {
    const problem = portNameProblem(port.name);
    if (problem !== undefined) errors.push(fieldInvalid(`${path}.name`, port.name, problem));
    else if (names.has(port.name)) errors.push(fieldDuplicate(`${path}.name`, port.name));
    names.add(port.name);
  }
  if (port.containerPort === undefined || port.containerPort === 0)
    errors.push(fieldRequired(`${path}.containerPort`));
  else if (portProblem(port.containerPort) !== undefined) {
    errors.push(
      fieldInvalid(`${path}.containerPort`, port.containerPort, portProblem(port.containerPort) ?? ''),
    );
  }
  if (port.hostPort !== undefined && port.hostPort !== 0 && portProblem(port.hostPort) !== undefined) {
    errors.push(fieldInvalid(`${path}.hostPort`, port.hostPort, portProblem(port.hostPort) ?? ''));
  }
  supported(errors, `${path}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']);
}

function checkName(errors: FieldError[], field: string, name: string | undefined, taken: Set<string>): void {
  if (name === undefined || name === '') {
    errors.push(fieldRequired(field));
    return;
  }
  const problem = nameProblem(name, 'label');
  if (problem !== undefined) errors.push(fieldInvalid(field, name, problem));
  else if (taken.has(name)) errors.push(fieldDuplicate(field, name));
  taken.add(name);
}

function supported(
  errors: FieldError[],
  field: string,
  value: string | undefined,
  values: readonly string[],
): void {
  if (value !== undefined && value !== '' && !values.includes(value))
    errors.push(fieldNotSupported(field, value, values));
}

/** A pod's spec is fixed but for images, a deadline, added tolerations and opened scheduling gates. */
export function validatePodUpdate(next: Pod, old: Pod): FieldError[] {
  const allowed = structuredClone(old.spec) as PodSpec & { activeDeadlineSeconds?: number };
  for (const kind of ['containers', 'initContainers'] as const) {
    for (const [index, container] of (allowed[kind] ?? []).entries()) {
      const image = next.spec[kind]?.[index]?.image;
      if (image !== undefined) container.image = image;
    }
  }
  take(allowed, next.spec, 'activeDeadlineSeconds');
  const kept = next.spec.tolerations ?? [];
  if ((old.spec.tolerations ?? []).every((toleration) => kept.some((item) => deepEqual(item, toleration)))) {
    take(allowed, next.spec, 'tolerations');
  }
  const gates = old.spec.schedulingGates ?? [];
  if ((next.spec.schedulingGates ?? []).every((gate) => gates.some((item) => item.name === gate.name))) {
    take(allowed, next.spec, 'schedulingGates');
  }
  if (deepEqual(allowed, next.spec)) return [];
  return [
    fieldForbidden(
      'spec',
      'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    ),
  ];
}

function take(target: object, source: object, key: string): void {
  const value: unknown = Reflect.get(source, key);
  if (value === undefined) Reflect.deleteProperty(target, key);
  else Reflect.set(target, key, value);
}
