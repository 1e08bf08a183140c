import type { KubeObject } from '../meta/objects.ts';

export interface Tracking {
  manager: string;
  subresource: string;
  apiVersion: string;
  type: string;
  now: number;
}

export function trackUpdate(_old: KubeObject | undefined, _next: KubeObject, _tracking: Tracking): void {}
