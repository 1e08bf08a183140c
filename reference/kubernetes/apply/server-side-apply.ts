import type { ApiError, StatusCause } from '../errors.ts';
import type { KubeObject } from '../meta/objects.ts';
import type { Tracking } from './managed-fields.ts';

export interface ApplySettings extends Tracking {
  force: boolean;
  conflict(message: string, causes: StatusCause[]): ApiError;
}

export function applyConfiguration(
  _old: KubeObject | undefined,
  config: KubeObject,
  _settings: ApplySettings,
): KubeObject {
  return config;
}
