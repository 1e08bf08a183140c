import { isVmFailure, withSelfAddress } from '../vm/index.ts';
import type { Address, PackageInfo, Value } from '../vm/index.ts';
import { byValue, resolve } from './arguments.ts';
import type { TypedValue } from './arguments.ts';
import { addressToBytes, sameBytes } from './bytes.ts';
import { packageDigest } from './digest.ts';
import { ExecutionFailure } from './errors.ts';
import type { ExecutionError } from './errors.ts';
import { moduleHeader } from './module-header.ts';
import { IMMUTABLE } from './object.ts';
import type { PackageData } from './object.ts';
import type { Program } from './program.ts';
import type { Argument, Command } from './transaction.ts';
import { isTxContext, suiStruct } from './type-tags.ts';
import { incompatibility, policyName } from './upgrade-policy.ts';
import { plainFailure } from './vm-failure.ts';

const ZERO: Address = `0x${'0'.repeat(64)}`;
const UPGRADE_CAP = suiStruct('package', 'UpgradeCap');
const UPGRADE_TICKET = suiStruct('package', 'UpgradeTicket');
const UPGRADE_RECEIPT = suiStruct('package', 'UpgradeReceipt');
const COMPATIBLE = 0;

type Publish = NonNullable<Command['Publish']>;
type Upgrade = NonNullable<Command['Upgrade']>;

/** Adds a new package, runs its initialisers and returns its UpgradeCap. Throws ExecutionFailure. */
export function publishPackage(program: Program, command: Publish): TypedValue {
  const { state } = program;
  const id = state.freshId();
  const linkage = linkageOf(program, command.dependencies);
  const modules = decodeModules(command.modules).map((bytes) => rebase(bytes, id, linkage.ids));
  const info = addPackage(program, { storageId: id, modules, linkage: linkage.ids });
  const data: PackageData = { kind: 'package', info, linkageVersions: linkage.versions };
  state.addPackage(id, { owner: IMMUTABLE, data, packageVersion: 1n });
  const cap: Value = [[[state.freshId()]], [id], 1n, COMPATIBLE];
  for (const module of info.modules.values()) {
    const init = module.functions.find((candidate) => candidate.name === 'init');
    if (init === undefined) continue;
    const witness = init.parameters.filter((parameter) => !isTxContext(parameter));
    state.callee = { package: id, module: module.name };
    // A witness is an empty struct, which the compiler gives one boolean field.
    const args: Value[] = witness.map(() => [false]);
    program.session.call({ package: id, module: module.name, function: 'init' }, [], args);
  }
  return { type: UPGRADE_CAP, value: cap };
}

/** Adds a new version of a package; returns the receipt that `package::commit_upgrade` takes. Throws ExecutionFailure. */
export function upgradePackage(program: Program, command: Upgrade): TypedValue {
  const { state } = program;
  const ticket = byValue(
    program,
    resolve(program, command.ticket as Argument, 0),
    UPGRADE_TICKET,
    0,
  ) as Value[];
  const [cap, current, policy, digest] = ticket as [Value[], Value[], number, number[]];
  const currentId = current[0] as Address;
  const previous = program.storedPackage(command.package);
  if (previous === undefined) throw upgradeError('UnableToFetchPackage', { packageId: command.package });
  if (currentId !== command.package) {
    throw upgradeError('PackageIDDoesNotMatch', { packageId: command.package, ticketId: currentId });
  }
  const original = decodeModules(command.modules);
  const computed = packageDigest(original, command.dependencies.map(addressToBytes));
  if (!sameBytes(computed, Uint8Array.from(digest)))
    throw upgradeError('DigestDoesNotMatch', { digest: computed });
  if (policyName(policy) === undefined) throw upgradeError('UnknownUpgradePolicy', { policy });

  const before = previous.data.info;
  const id = state.freshId();
  const linkage = linkageOf(program, command.dependencies);
  const modules = original.map((bytes) => rebase(bytes, before.originalId, linkage.ids));
  const info = addPackage(program, {
    storageId: id,
    originalId: before.originalId,
    modules,
    linkage: linkage.ids,
    typeOrigins: before.typeOrigins,
  });
  const problem = incompatibility(before, info, policy);
  if (problem !== undefined) throw upgradeError('IncompatibleUpgrade', true, problem);
  state.addPackage(id, {
    owner: IMMUTABLE,
    data: { kind: 'package', info, linkageVersions: linkage.versions },
    packageVersion: previous.version + 1n,
  });
  return { type: UPGRADE_RECEIPT, value: [cap, [id]] };
}

function decodeModules(modules: readonly string[]): Uint8Array[] {
  return modules.map((module) => Buffer.from(module, 'base64'));
}

/** Modules come with address zero and get the package's own; every package they name must be linked. */
function rebase(bytes: Uint8Array, id: Address, linked: ReadonlyMap<Address, Address>): Uint8Array {
  const header = moduleHeader(bytes);
  if (header === undefined) {
    throw plainFailure(
      'VMVerificationOrDeserializationError',
      'Move Bytecode Verification Error: malformed module',
    );
  }
  if (header.self !== ZERO) {
    throw plainFailure(
      'PublishErrorNonZeroAddress',
      'Publish Error, Non-zero Address: modules must have address 0x0',
    );
  }
  const missing = [...header.dependencies].find((dependency) => !linked.has(dependency));
  if (missing !== undefined) throw missingDependency(missing);
  return withSelfAddress(bytes, id);
}

function missingDependency(what: string): ExecutionFailure {
  return plainFailure(
    'PublishUpgradeMissingDependency',
    `Publish/Upgrade Error, Missing dependency: ${what}`,
  );
}

function addPackage(program: Program, input: Parameters<Program['packages']['add']>[0]): PackageInfo {
  try {
    const info = program.packages.add(input);
    program.newPackages.push(input.storageId);
    return info;
  } catch (error) {
    if (isVmFailure(error) && error.kind === 'missing') {
      throw missingDependency(error.message);
    }
    throw error;
  }
}

/** Original id → the version used, for the named dependencies; theirs must be named, too. */
function linkageOf(
  program: Program,
  dependencies: readonly Address[],
): { ids: Map<Address, Address>; versions: Map<Address, bigint> } {
  const ids = new Map<Address, Address>();
  const versions = new Map<Address, bigint>();
  const named = dependencies.map((dependency) => {
    const stored = program.storedPackage(dependency);
    if (stored === undefined) {
      throw missingDependency(dependency);
    }
    return stored;
  });
  for (const { data, version, id } of named) {
    ids.set(data.info.originalId, id);
    versions.set(data.info.originalId, version);
  }
  for (const { data } of named) {
    for (const [originalId] of data.info.linkage) {
      if (originalId === data.info.originalId || ids.has(originalId) || originalId === ZERO) continue;
      throw missingDependency(originalId);
    }
    for (const [originalId] of data.info.linkage) {
      const wanted = data.linkageVersions.get(originalId) ?? 1n;
      if ((versions.get(originalId) ?? wanted) >= wanted) continue;
      throw plainFailure('PublishUpgradeDependencyDowngrade', 'Publish/Upgrade Error, Dependency downgrade');
    }
  }
  return { ids, versions };
}

function upgradeError(kind: string, detail: unknown, text = ''): ExecutionFailure {
  return new ExecutionFailure(
    {
      $kind: 'PackageUpgradeError',
      PackageUpgradeError: { upgradeError: { $kind: kind, [kind]: detail } },
    } as unknown as ExecutionError,
    `Invalid package upgrade. ${kind}${text === '' ? '' : `: ${text}`}`,
  );
}
