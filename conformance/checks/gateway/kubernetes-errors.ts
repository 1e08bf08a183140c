import type { HttpAnswer } from '../../drivers/http.ts';
import { at, isStatus, ok } from '../../runner/expectations.ts';
import { Untestable } from '../../runner/outcome.ts';
import type { Kube } from './kube.ts';

/** What all failures share: a Status with this reason, with words, as JSON. */
export function asKubernetesSays(answer: HttpAnswer, reason: string): void {
  isStatus(answer, reason);
  const message: unknown = at(answer.json, 'message');
  ok('there is a message', typeof message === 'string' && message !== '', { got: answer.text.slice(0, 500) });
  ok('it is JSON', (answer.headers['content-type'] ?? '').startsWith('application/json'), {
    got: answer.headers['content-type'],
  });
}

/** Where a custom resource stands in for ConfigMaps, Kubernetes itself answers otherwise. */
export function needsConfigMaps(admin: Kube): void {
  if (!admin.serves('configmaps')) throw new Untestable('the cluster does not serve v1 configmaps');
}
