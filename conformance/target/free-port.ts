import { createServer } from 'node:net';
import { once } from 'node:events';

/**
 * Ports on loopback that were free a moment ago, all different: they are held together before any
 * is let go. Another program may still take one first; a part that cannot listen is started again by its owner.
 */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  try {
    return await Promise.all(
      servers.map(async (server) => {
        server.listen(0, '127.0.0.1');
        await once(server, 'listening');
        const address = server.address();
        if (address === null || typeof address === 'string') throw new Error('no port was given');
        return address.port;
      }),
    );
  } finally {
    for (const server of servers) server.close();
  }
}
