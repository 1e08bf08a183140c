import { RpcFailure } from './status.ts';

/** What a handler learns about its call besides the request. */
export interface RpcCall {
  /** Aborts when the caller goes away, its deadline passes or the server stops. */
  readonly signal: AbortSignal;
}

type UnaryOf<F> = F extends (input: infer I, ...rest: never[]) => { readonly response: Promise<infer O> }
  ? (request: I, call: RpcCall) => O | Promise<O>
  : never;
type StreamOf<F> = F extends (
  input: infer I,
  ...rest: never[]
) => { readonly responses: AsyncIterable<infer O> }
  ? (request: I, call: RpcCall) => AsyncIterable<O>
  : never;

/** Handlers for the methods of a service, typed by the SDK's client for it. Missing ones are UNIMPLEMENTED. */
export type ServiceHandlers<Client> = {
  readonly [K in keyof Client]?: [UnaryOf<Client[K]>] extends [never]
    ? StreamOf<Client[K]>
    : UnaryOf<Client[K]>;
};

interface Codec {
  fromBinary(bytes: Uint8Array): object;
  toBinary(message: object): Uint8Array;
  create(message: object): object;
}

/** The part of a protobuf-ts service descriptor that is used. */
export interface ServiceDescriptor {
  readonly typeName: string;
  readonly methods: readonly {
    readonly name: string;
    readonly localName: string;
    readonly serverStreaming: boolean;
    readonly I: unknown;
    readonly O: unknown;
  }[];
}

type Handler = (request: object, call: RpcCall) => unknown;

/** A method ready to be called with encoded messages. */
export type Method =
  | { readonly kind: 'unary'; call(request: Uint8Array, call: RpcCall): Promise<Uint8Array> }
  | { readonly kind: 'stream'; call(request: Uint8Array, call: RpcCall): AsyncIterable<Uint8Array> };

/** Methods by HTTP path. */
export class ServiceRegistry {
  readonly #methods = new Map<string, Method>();

  add<Client>(service: ServiceDescriptor, handlers: ServiceHandlers<Client>): this {
    const byName = handlers as Readonly<Record<string, Handler | undefined>>;
    for (const method of service.methods) {
      const handler = byName[method.localName];
      const path = `/${service.typeName}/${method.name}`;
      const make = method.serverStreaming ? stream : unary;
      this.#methods.set(path, make(handler ?? unimplemented(path), method.I as Codec, method.O as Codec));
    }
    return this;
  }

  /** Throws RpcFailure UNIMPLEMENTED for a path nobody serves. */
  find(path: string): Method {
    const method = this.#methods.get(path);
    if (method === undefined) throw new RpcFailure('UNIMPLEMENTED', `unknown method ${path}`);
    return method;
  }
}

function unimplemented(path: string): Handler {
  return () => {
    throw new RpcFailure('UNIMPLEMENTED', `${path} is not implemented by this network`);
  };
}

function decode(codec: Codec, bytes: Uint8Array): object {
  try {
    return codec.fromBinary(bytes);
  } catch (cause) {
    throw new RpcFailure('INVALID_ARGUMENT', `malformed request: ${(cause as Error).message}`, { cause });
  }
}

function unary(handler: Handler, input: Codec, output: Codec): Method {
  return {
    kind: 'unary',
    async call(request, call) {
      const answer = await handler(decode(input, request), call);
      return output.toBinary(answer as object);
    },
  };
}

function stream(handler: Handler, input: Codec, output: Codec): Method {
  return {
    kind: 'stream',
    async *call(request, call) {
      const answers = handler(decode(input, request), call) as AsyncIterable<object>;
      for await (const answer of answers) yield output.toBinary(answer);
    },
  };
}
