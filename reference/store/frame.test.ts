import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeFrame, FRAME_HEAD, scanFrames } from './frame.ts';

const bodies = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 5 });

function fileOf(all: readonly Uint8Array[]): Buffer {
  return Buffer.concat(all.map(encodeFrame));
}

test('gives back what was written', () => {
  fc.assert(
    fc.property(bodies, (all) => {
      const { frames, end } = scanFrames(fileOf(all));
      expect(frames.map(({ body }) => [...body])).toEqual(all.map((body) => [...body]));
      expect(end.status).toBe('clean');
    }),
  );
});

test('cut at any byte: the whole frames before it, and a torn end', () => {
  fc.assert(
    fc.property(bodies, (all) => {
      const file = fileOf(all);
      for (let length = 0; length < file.length; length++) {
        const { frames, end } = scanFrames(file.subarray(0, length));
        const whole = frames.at(-1)
          ? (frames.at(-1)?.offset ?? 0) + FRAME_HEAD + (frames.at(-1)?.body.length ?? 0)
          : 0;
        expect(end).toEqual({ status: whole === length ? 'clean' : 'torn', end: whole });
      }
    }),
    { numRuns: 30 },
  );
});

test('any bit changed is found, is no torn end, and is located', () => {
  fc.assert(
    fc.property(bodies, fc.nat(), (all, pick) => {
      const file = fileOf(all);
      const bit = pick % (file.length * 8);
      file[bit >> 3] = (file[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const { frames, end } = scanFrames(file);
      expect(end.status).toBe('corrupt');
      expect(end.end).toBeLessThanOrEqual(bit >> 3);
      expect(frames.length).toBeLessThan(all.length);
    }),
    { numRuns: 500 },
  );
});

describe('sectors that were never written', () => {
  const first = encodeFrame(Buffer.alloc(100, 1));

  test('in the last frame: torn', () => {
    const last = Buffer.from(encodeFrame(Buffer.alloc(2000, 2)));
    last.fill(0, 512 - first.length, 1024 - first.length);
    const { end } = scanFrames(Buffer.concat([first, last]));
    expect(end).toEqual({ status: 'torn', end: first.length });
  });

  test('as a tail of zeros: torn', () => {
    const { end } = scanFrames(Buffer.concat([first, Buffer.alloc(4096)]));
    expect(end).toEqual({ status: 'torn', end: first.length });
  });

  test('with good frames after them: damage', () => {
    const middle = Buffer.from(encodeFrame(Buffer.alloc(2000, 2)));
    middle.fill(0, 512 - first.length, 1024 - first.length);
    const { end } = scanFrames(Buffer.concat([first, middle, first]));
    expect(end).toMatchObject({ status: 'corrupt', end: first.length });
  });
});
