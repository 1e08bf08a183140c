import { once } from 'node:events';
import type { Socket } from 'node:net';
import { TargetError, describeError } from '../errors.ts';
import { openRaw, parseRaw, type RawServer } from './raw-tls.ts';

export interface CrowdOptions {
  copies: number;
  /** Milliseconds until what is not open or not answered is given up. */
  timeoutMs: number;
  signal?: AbortSignal;
}

/** What one of the copies was answered; status 0 when nothing came. */
export interface CrowdAnswer {
  status: number;
  text: string;
}

/** A connection with everything sent but the last byte. */
interface Waiting {
  socket: Socket;
  answer: Promise<CrowdAnswer>;
}

/**
 * Sends copies of one HTTP request, each over a connection of its own. All connections stand, with the whole request
 * but its last byte sent, before any of them gets that byte: then all end within one turn of the event loop. The
 * request must ask for `Connection: close`. A connection that cannot be opened is a TargetError.
 */
export async function sendTogether(
  server: RawServer,
  request: string,
  { copies, timeoutMs, signal }: CrowdOptions,
): Promise<CrowdAnswer[]> {
  const bytes = Buffer.from(request, 'latin1');
  const deadline = AbortSignal.timeout(timeoutMs);
  const ending = signal ? AbortSignal.any([signal, deadline]) : deadline;
  await using opened = new AsyncDisposableStack();
  const open = (): Promise<Waiting> => {
    const socket = openRaw(server);
    opened.defer(() => void socket.destroy());
    return gather(socket, server.url, bytes.subarray(0, -1), ending);
  };
  const crowd = await Promise.all(Array.from({ length: copies }, open));
  for (const { socket } of crowd) socket.write(bytes.subarray(-1));
  return await Promise.all(crowd.map(({ answer }) => answer));
}

async function gather(socket: Socket, url: string, head: Buffer, ending: AbortSignal): Promise<Waiting> {
  const answer = collect(socket, ending);
  await once(socket, 'secureConnect', { signal: ending }).catch((cause: unknown) => {
    throw new TargetError(`a connection to ${url} could not be opened: ${describeError(cause)}`, { cause });
  });
  await new Promise<void>((sent) => void socket.write(head, () => sent()));
  return { socket, answer };
}

/** What comes until the server closes the connection or time is up. */
function collect(socket: Socket, ending: AbortSignal): Promise<CrowdAnswer> {
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    const end = (): void => {
      const text = Buffer.concat(chunks).toString('latin1');
      resolve({ status: parseRaw(text).statuses[0] ?? 0, text });
    };
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('close', end);
    // A reset is as much of a close as a polite end.
    socket.on('error', end);
    ending.addEventListener('abort', end, { once: true });
  });
}
