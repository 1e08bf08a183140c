import type { LogSource, Pod } from '../../kubernetes/index.ts';
import { ApiError, errorResponse, podLog } from '../../kubernetes/index.ts';
import type { ApiRequest, ApiResponse } from '../../kubernetes/types.ts';
import type { Clock } from '../../protocol/clock.ts';
import type { Logger } from '../../protocol/logger.ts';
import { ConfigError } from '../../protocol/config-file.ts';
import type { ClusterConfig } from '../config.ts';
import type { KubernetesPart } from '../master-deps.ts';
import { authorizeUser } from '../user-authorizer.ts';
import { attributesOf } from './attributes.ts';
import { ClusterSession } from './cluster-session.ts';
import { forward, type ForwardOptions } from './forward.ts';

export interface OpenClusterOptions {
  config: ClusterConfig;
  clock: Clock;
  /** Resolves after `ms`, or as soon as the signal aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Log lines that the agents of workers hand in. */
  logs: LogSource & { has(pod: { namespace: string; name: string }): boolean };
  bodyBytes: number;
  log: Logger;
}

/** How long the cluster may take to answer for the first time, milliseconds. */
const FIRST_ANSWER_MS = 20_000;
const LOG = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/log$/;

/**
 * A cluster that exists already as the Kubernetes behind the master: requests are judged here by what the stake buys, and
 * go on under the master's own identity. Its controllers and scheduler do their work; workers join as nodes of it.
 */
export function openCluster(options: OpenClusterOptions): KubernetesPart & AsyncDisposable {
  const { config, clock, log, bodyBytes } = options;
  const session = new ClusterSession({ file: config.kubeconfig, context: config.context, clock });
  const to: ForwardOptions = { session, impersonate: config.impersonate };
  return {
    handle: async (request) => {
      try {
        if (request.body.length > bodyBytes)
          throw new ApiError(413, 'RequestEntityTooLarge', `the body is larger than ${bodyBytes} bytes`);
        judge(request);
        return (await agentsLog(request, options, to)) ?? (await forward(request, to));
      } catch (error) {
        if (error instanceof ApiError) return errorResponse(error);
        log.error({ err: error, request_id: request.requestId }, 'request failed');
        return errorResponse(new ApiError(500, 'InternalError', 'internal error'));
      }
    },
    start: (signal) => untilItAnswers(to, options, signal),
    [Symbol.asyncDispose]: () => session[Symbol.asyncDispose](),
  };
}

/** Throws ApiError: the cluster would let the master do anything. */
function judge(request: ApiRequest): void {
  const attributes = attributesOf(request);
  if (attributes === undefined)
    throw new ApiError(404, 'NotFound', 'this master does not pass on requests of this kind');
  const { allowed, reason = '' } = authorizeUser(attributes);
  if (allowed) return;
  const what = attributes.isResource ? attributes.resource : attributes.path;
  throw new ApiError(
    403,
    'Forbidden',
    `${attributes.user.name} cannot ${attributes.verb} ${what}: ${reason}`,
  );
}

/** The log of a pod whose agent hands its lines in: the cluster would ask a kubelet that is not there. */
async function agentsLog(
  request: ApiRequest,
  { logs }: OpenClusterOptions,
  to: ForwardOptions,
): Promise<ApiResponse | undefined> {
  const [, namespace = '', name = ''] = LOG.exec(request.path) ?? [];
  if (name === '' || request.method !== 'GET' || !logs.has({ namespace, name })) return undefined;
  const asked = { ...request, path: request.path.replace(/\/log$/, ''), query: '', headers: JSON_ONLY };
  const pod = await forward(asked, to);
  if (pod.status !== 200) return pod;
  const object = JSON.parse(Buffer.from(pod.body as Uint8Array).toString('utf8')) as Pod;
  return podLog(object, new URLSearchParams(request.query), logs, request.signal);
}

const JSON_ONLY = { accept: 'application/json' } as const;

/** Rejects when the cluster does not answer in time or does not know the master. */
async function untilItAnswers(
  to: ForwardOptions,
  { clock, sleep, log, config }: OpenClusterOptions,
  signal: AbortSignal,
): Promise<void> {
  const until = clock.nowMs() + FIRST_ANSWER_MS;
  const question: ApiRequest = {
    method: 'GET',
    path: '/api/v1/namespaces/default',
    query: '',
    headers: JSON_ONLY,
    body: new Uint8Array(),
    user: { name: 'system:k3s-daas-master', groups: ['system:masters'] },
    signal,
    requestId: '',
  };
  for (;;) {
    const answer = await forward(question, to).catch((error: unknown) => {
      if (error instanceof ApiError) return errorResponse(error);
      throw error;
    });
    // A cluster that has just started has no namespaces yet.
    if (answer.status === 200) break;
    if (answer.status === 401 || answer.status === 403)
      throw new ConfigError(
        `k8s_backend: the cluster refuses the identity in ${config.kubeconfig} (${answer.status}); it must be one of an administrator`,
      );
    if (clock.nowMs() >= until || signal.aborted)
      throw new ConfigError(
        `k8s_backend: the cluster of ${config.kubeconfig} did not answer within ${FIRST_ANSWER_MS / 1000} s (${answer.status})`,
      );
    await sleep(250, signal);
  }
  log.info({ kubeconfig: config.kubeconfig }, 'the cluster answers');
}
