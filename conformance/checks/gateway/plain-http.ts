import { connect } from 'node:net';

const WAIT_MS = 3_000;

/** What comes back over TCP without TLS for this request; empty when the connection is cut. */
export function plainTextAnswer(host: string, port: number, lines: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect({ host: host.replaceAll(/[[\]]/g, ''), port }, () => {
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    });
    const done = (): void => {
      socket.destroy();
      resolve(text);
    };
    socket.setTimeout(WAIT_MS, done);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', done);
    socket.on('close', done);
  });
}
