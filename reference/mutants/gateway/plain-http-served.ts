import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Mutant } from '../types.ts';

/** First byte of whoever speaks TLS. */
const HANDSHAKE = 22;

/** Lets whoever begins with something else go on without TLS. */
function openToPlain(server: Server): Server {
  const secured = server.listeners('connection');
  server.removeAllListeners('connection');
  return server.on('connection', (socket: Socket) => {
    socket.once('data', (bytes: Buffer) => {
      socket.pause();
      socket.unshift(bytes);
      if (bytes[0] === HANDSHAKE) for (const listener of secured) listener.call(server, socket);
      else server.emit('secureConnection', socket);
      process.nextTick(() => socket.resume());
    });
  });
}

export const mutant: Mutant = {
  id: 'plain-http-served',
  defects: [],
  title: 'Gateway and master speak HTTP without TLS too, on the same port',
  part: 'gateway',
  gateway: (seams) => ({ ...seams, listen: (options) => openToPlain(seams.listen(options)) }),
  master: (seams) => ({ ...seams, listen: (options) => openToPlain(seams.listen(options)) }),
};
