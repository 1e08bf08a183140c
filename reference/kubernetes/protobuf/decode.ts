import { unsupportedMediaType } from '../errors.ts';
import type { JsonObject } from '../meta/json.ts';

export function decodeProtobuf(_bytes: Uint8Array): JsonObject {
  throw unsupportedMediaType(['application/json', 'application/yaml']);
}
