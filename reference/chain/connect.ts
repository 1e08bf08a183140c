import { SuiGrpcClient } from '@mysten/sui/grpc';

/** A client for a node's URL. The network's name matters to name services only. */
export function connectChain(url: string): SuiGrpcClient {
  return new SuiGrpcClient({ network: 'localnet', baseUrl: url, format: 'binary', fetch: fetchFromNode });
}

const TOO_MANY_REQUESTS = 429;

/**
 * A node answers failed calls with HTTP 200 and a gRPC status. A 404 or 403 is by something in front of it, and must not be
 * taken for the node's word that there is no such object.
 */
async function fetchFromNode(...request: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...request);
  const { status } = response;
  if (status >= 400 && status < 500 && status !== TOO_MANY_REQUESTS && !response.headers.has('grpc-status'))
    throw new Error(`HTTP status ${status} from something that is no Sui node`);
  return response;
}
