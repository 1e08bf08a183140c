import { expect, it } from 'vitest';
import { dataFrame, decodeRequest, trailerFrame, wireFormat } from './grpc-web.ts';

it.each([
  ['application/grpc-web-text', 'text'],
  ['application/grpc-web-text+proto', 'text'],
  ['application/grpc-web+proto', 'binary'],
  ['Application/gRPC-Web; charset=utf-8', 'binary'],
  ['application/grpc', undefined],
  ['application/json', undefined],
  [undefined, undefined],
])('takes %s as %s', (contentType, format) => {
  expect(wireFormat(contentType)).toBe(format);
});

it.each(['text', 'binary'] as const)('reads in %s what it writes', (format) => {
  for (const size of [0, 1, 2, 3, 300]) {
    const message = Uint8Array.from({ length: size }, (_, index) => index);
    expect(Uint8Array.from(decodeRequest(dataFrame(message, format), format))).toEqual(message);
  }
});

it('escapes what a header cannot hold', () => {
  const frame = Buffer.from(trailerFrame('NOT_FOUND', 'no ä\r\n100%', 'binary'));
  expect(frame[0]).toBe(0x80);
  expect(frame.readUInt32BE(1)).toBe(frame.length - 5);
  expect(frame.subarray(5).toString()).toBe('grpc-status: 5\r\ngrpc-message: no %C3%A4%0D%0A100%25\r\n');
});
