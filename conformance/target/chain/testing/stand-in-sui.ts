/** Where the stand-in finds what it needs, on this machine or in an image. */
export interface StandInPlaces {
  /** Path of a Node. */
  node: string;
  /** Path of the localnet's `main.ts`. */
  localnet: string;
  /** Address that both servers listen at. */
  host: string;
}

/**
 * Text of a program that stands in for Sui's own: told `start`, it is our localnet on the ports of its arguments. Its faucet
 * comes up first, as that of Sui does, and fails until there is a node to ask.
 */
export function standInSui({ node, localnet, host }: StandInPlaces): string {
  return `${standInHead(node)}
const http = require('node:http');
const rpcPort = option('fullnode-rpc-port', '9000');
const flags = ['--port', rpcPort, '--host', ${JSON.stringify(host)}, '--parent'];
const child = spawn(process.execPath, [${JSON.stringify(localnet)}, ...flags], { stdio: ['pipe', 'ignore', 'inherit'] });
const [faucetHost, faucetPort] = option('with-faucet').split(':');
http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const answer = await fetch('http://127.0.0.1:' + rpcPort + request.url, { method: 'POST', body: Buffer.concat(chunks) }).catch(() => undefined);
  if (!answer) return response.writeHead(500).end('{}');
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
}).listen(Number(faucetPort), faucetHost);
process.on('SIGTERM', () => { child.stdin.end(); child.once('exit', () => process.exit(0)); });`;
}

/** What such a program begins with: \`args\`, \`option(name, otherwise)\` and \`spawn\` for what follows. */
export function standInHead(node: string): string {
  return `#!${node}
const { spawn } = require('node:child_process');
const args = process.argv.slice(2);
const option = (name, otherwise) => args.find((arg) => arg.startsWith('--' + name + '='))?.split('=')[1] ?? otherwise;`;
}
