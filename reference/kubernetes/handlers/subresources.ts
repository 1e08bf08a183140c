import { noSuchPath } from '../errors.ts';
import type { Verb } from '../resources/definition.ts';
import type { ApiResponse } from '../types.ts';
import type { Exchange } from './exchange.ts';

export async function handleSubresource(_exchange: Exchange, _verb: Verb): Promise<ApiResponse> {
  throw noSuchPath();
}
