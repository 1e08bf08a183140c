import type { ClientCertificate } from '../../tls/client-certificate.ts';

/** How the agent reaches the master's Kubernetes API. */
export interface JoinInfo {
  server: string;
  /** Bearer token; a secret. */
  token: string;
  /** PEM; undefined when the system's roots are trusted. */
  ca: string | undefined;
  /** To present to a master that asks for one. */
  clientCertificate?: ClientCertificate | undefined;
}

/** Shares of the machine in use, 0 to 1. */
export interface AgentUsage {
  cpu: number;
  memory: number;
  disk: number;
}

/** What runs the pods of this node. */
export interface Agent {
  /** Resolves when the agent runs; rejects when it cannot be started. */
  start(join: JoinInfo): Promise<void>;
  /** Stops the agent. `drain`: its pods are ended first, without a word to the master. Never rejects. */
  stop(options?: { drain?: boolean }): Promise<void>;
  /** Whether the agent runs. */
  alive(): boolean;
  runningPods(): number;
  usage(): AgentUsage;
}
