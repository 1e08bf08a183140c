import { OBJECTS, type ContractEvents, type ContractObjects } from '../../../contracts/bindings/index.ts';
import type { Signer } from '@mysten/sui/cryptography';
import type { CheckContext } from '../../runner/context.ts';
import { equal, ok } from '../../runner/expectations.ts';
import { done, onlyCreated, onlyEvent, type Done } from './outcomes.ts';
import { returned } from './stage.ts';

/** A cluster of a check’s own. */
export interface OwnCluster {
  id: string;
  owner: Signer;
  name: string;
  made: Done;
}

/** An address that a cluster authorised. */
export interface User {
  signer: Signer;
  address: string;
  permission: string;
}

export async function cluster(t: CheckContext, by?: Signer): Promise<OwnCluster> {
  const owner = by ?? (await t.actors.wallet());
  const name = t.name('cluster');
  const attempt = await t.chain.attempt(owner, (tx) =>
    t.chain.calls.createCluster(tx, t.world.chain.ids.endpoint, name),
  );
  const made = done('making a cluster', attempt);
  return { id: onlyCreated(made, 'k8s_interface::Cluster').id, owner, name, made };
}

export const clusterOf = (t: CheckContext, id: string): Promise<ContractObjects['Cluster']> =>
  t.chain.object('Cluster', id);

export async function authorize(
  t: CheckContext,
  of: OwnCluster,
  permissions: string[],
  by?: Signer,
): Promise<User> {
  const signer = by ?? (await t.actors.wallet());
  const address = signer.toSuiAddress();
  const attempt = await t.chain.attempt(of.owner, (tx) =>
    t.chain.calls.authorizeUser(tx, of.id, address, permissions),
  );
  const permission = onlyCreated(done('authorising a user', attempt), 'k8s_interface::UserPermission').id;
  return { signer, address, permission };
}

export interface Answer {
  response: ContractObjects['KubectlResponse'];
  audit: ContractEvents['AuditEvent'];
}

/** Runs kubectl_request: what it returns, by a simulation, and the one audit event that it leaves. */
export async function ask(
  t: CheckContext,
  of: OwnCluster,
  user: User,
  command: string,
  args: readonly string[],
): Promise<Answer> {
  const bytes = await returned(t, user.address, (tx) =>
    t.chain.calls.kubectlRequest(tx, of.id, user.permission, command, args),
  );
  const attempt = await t.chain.attempt(user.signer, (tx) =>
    t.chain.calls.kubectlRequest(tx, of.id, user.permission, command, args),
  );
  const audit = onlyEvent(done('kubectl_request', attempt), 'AuditEvent');
  return { response: OBJECTS.KubectlResponse.parse(bytes), audit };
}

export function allowed(answer: Answer): void {
  const { success, error_message } = answer.response;
  equal('the decision', { success, error_message }, { success: true, error_message: '' });
  equal('the decision in the audit event', answer.audit.allowed, true);
}

export function denied(answer: Answer): void {
  equal('success', answer.response.success, false);
  ok('it says why', answer.response.error_message !== '');
  equal('the decision in the audit event', answer.audit.allowed, false);
  ok('the audit event says why', answer.audit.reason !== '');
}
