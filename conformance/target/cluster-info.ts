import type { ClusterSource } from '../drivers/cluster-connection.ts';
import type { Discovered } from './cluster-discovery.ts';
import type { KubernetesConfig } from './types.ts';

/** All that a check needs to know of a cluster under test: plain data, handed to the processes that run checks. */
export interface ClusterInfo extends Discovered {
  name: string;
  seed: number;
  source: ClusterSource;
  /** Label value and part of the name of every namespace of this run. */
  run: string;
  standIns: NonNullable<KubernetesConfig['stand_ins']>;
}

/** Label by which the namespaces of a run are found and removed. */
export const RUN_LABEL = 'k3s-daas.dev/conformance-run';

/** Beginning of the names of a run's namespaces: how they are told apart where namespaces are no objects. */
export const namespacePrefix = ({ run }: Pick<ClusterInfo, 'run'>): string => `daas-${run}-`;
