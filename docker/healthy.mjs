// Exit code 0 when a server answers this URL with a status below 400: `node healthy.mjs URL [CA-FILE]`.
import { readFileSync } from 'node:fs';
import { request as plain } from 'node:http';
import { request as secure } from 'node:https';

const [url = '', ca] = process.argv.slice(2);
const request = url.startsWith('https:') ? secure : plain;
const sent = request(url, { timeout: 3000, ...(ca && { ca: readFileSync(ca) }) }, (answer) => {
  process.exit((answer.statusCode ?? 500) < 400 ? 0 : 1);
});
sent.on('timeout', () => process.exit(1));
sent.on('error', () => process.exit(1));
sent.end();
