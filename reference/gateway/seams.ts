import type { Server, ServerOptions } from 'node:https';
import type { Transaction } from '@mysten/sui/transactions';
import type { ChainAbortError } from '../chain/errors.ts';
import type { ExecuteKubectlCommand } from '../chain/types.ts';
import type { Permission } from '../protocol/permissions.ts';
import type { checkBody } from './check-body.ts';
import type { GatewayConfig } from './config.ts';
import type { Failure } from './http/reply.ts';
import type { ResponseCheck } from './response-check.ts';
import type { GatewayRequest, Reply } from './http/types.ts';

/** Answers a request; what it rejects with becomes a Status. */
export type Serve = (request: GatewayRequest) => Promise<Reply>;

/** The gateway's decisions that may be replaced one by one; the defaults are the correct ones. */
export interface GatewaySeams {
  /** The configuration that counts. */
  config(config: GatewayConfig): GatewayConfig;
  /** Makes the server, by which connections are taken: TLS, bounds, strictness of the parser. */
  listen(options: ServerOptions): Server;
  /** Whether connections to masters serve more than one call. */
  keepsConnections: boolean;
  /** Whether the certificates of masters are verified. */
  verifiesCertificates: boolean;
  /** The whole way from a request to its answer. */
  serve(serve: Serve): Serve;
  permits(held: readonly string[], required: Permission): boolean;
  /** What the client is told when the contract refused. */
  abortAnswer(error: ChainAbortError): Failure;
  /** Whether the master's answer is the one that the chain recorded and the enclave signed. */
  checkResponse: ResponseCheck;
  /** Headers of the client's request that go on to the master, lower-case names. */
  forwardedHeaders(request: GatewayRequest): Record<string, string>;
  /** Refuses a body that no Kubernetes API takes, before anything is on chain. */
  checkBody: typeof checkBody;
  /** What transactions begin with. */
  transaction(): Transaction;
  /** What goes on chain for a request. */
  chainCommand(command: ExecuteKubectlCommand, body: Uint8Array): ExecuteKubectlCommand;
  health(): Reply;
  /** What is logged of a request when it comes in. */
  logFields(request: GatewayRequest): Record<string, unknown>;
}
