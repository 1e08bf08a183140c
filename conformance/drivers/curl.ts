import type { Exchange } from './http.ts';

/** The shell command that repeats a request. Whoever writes it somewhere redacts it there, like all traffic. */
export function curlOf(exchange: Exchange, caHint = 'ca.crt'): string {
  const { method, url, headers, body } = exchange.request;
  const parts = ['curl', '-i', '--path-as-is', '--cacert', caHint, '-X', method];
  for (const [name, value] of Object.entries(headers)) parts.push('-H', quote(`${name}: ${value}`));
  if (body !== undefined) parts.push('--data-binary', quote(body));
  parts.push(quote(url));
  return parts.join(' ');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
