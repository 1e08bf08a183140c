import { badRequest } from '../errors.ts';
import type { Json } from '../meta/json.ts';

const MAX_DEPTH = 512;

/**
 * Parses JSON from untrusted bytes. Throws BadRequest for invalid UTF-8, malformed JSON and nesting
 * deeper than 512; `duplicates` are the paths of keys that occur twice (the last one counts).
 */
export function parseJsonBytes(bytes: Uint8Array): { value: Json; duplicates: string[] } {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw malformed('invalid UTF-8', cause);
  }
  return parseJsonText(text);
}

export function parseJsonText(text: string): { value: Json; duplicates: string[] } {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (cause) {
    throw malformed(text.trim() === '' ? 'unexpected end of JSON input' : 'invalid JSON', cause);
  }
  return { value, duplicates: findDuplicates(text) };
}

function malformed(why: string, cause: unknown): Error {
  const error = badRequest(
    `the object provided is unrecognized (must be of type JSON): couldn't parse the body: ${why}`,
  );
  error.cause = cause;
  return error;
}

interface Frame {
  keys: Set<string> | undefined;
  /** The key or index the walk is at. */
  at: string | number;
}

/** Walks text that JSON.parse has accepted, so it need not check the grammar again. */
function findDuplicates(text: string): string[] {
  const duplicates: string[] = [];
  const frames: Frame[] = [];
  let expectKey = false;
  for (let index = 0; index < text.length; index++) {
    const frame = frames.at(-1);
    switch (text.charCodeAt(index)) {
      case 0x7b: // {
      case 0x5b: {
        // [
        const isObject = text.charCodeAt(index) === 0x7b;
        frames.push({ keys: isObject ? new Set() : undefined, at: isObject ? '' : 0 });
        if (frames.length > MAX_DEPTH) throw badRequest('the body is nested too deeply');
        expectKey = isObject;
        break;
      }
      case 0x7d: // }
      case 0x5d: // ]
        frames.pop();
        expectKey = false;
        break;
      case 0x2c: // ,
        if (typeof frame?.at === 'number') frame.at += 1;
        expectKey = frame?.keys !== undefined;
        break;
      case 0x22: {
        // "
        const end = endOfString(text, index);
        if (expectKey && frame?.keys) {
          const key = JSON.parse(text.slice(index, end + 1)) as string;
          frame.at = key;
          if (frame.keys.has(key)) duplicates.push(pathOf(frames));
          frame.keys.add(key);
          expectKey = false;
        }
        index = end;
        break;
      }
      default:
    }
  }
  return duplicates;
}

function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (text.charCodeAt(index) !== 0x22) index += text.charCodeAt(index) === 0x5c ? 2 : 1;
  return index;
}

function pathOf(frames: readonly Frame[]): string {
  return frames.reduce(
    (path, { at }) => (typeof at === 'number' ? `${path}[${at}]` : path === '' ? at : `${path}.${at}`),
    '',
  );
}
