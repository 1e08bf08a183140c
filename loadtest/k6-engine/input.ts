import type { Figure } from '../../conformance/requirements/catalogue.ts';
import { GRACE_SECONDS, type Traffic, type TrafficPlan } from '../engine/traffic.ts';

/** A traffic as a k6 script reads it from the file that `DAAS_LOAD_INPUT` names. */
export interface K6Traffic extends Omit<Traffic, 'figure'> {
  /** Expressions of k6, by which of the traffic's metrics they are about. */
  thresholds: { latency: string[]; accepted: string[] };
}

export interface K6Input {
  urls: Partial<Record<Traffic['server'], string>>;
  wallets: TrafficPlan['wallets'];
  traffics: K6Traffic[];
}

/** The input of the scripts: the plan, with thresholds made from the catalogue's figures. */
export function k6Input(plan: TrafficPlan, figureOf: (metric: string) => Figure): K6Input {
  const { servers, wallets, traffics } = plan;
  return {
    urls: {
      ...(servers.gateway && { gateway: servers.gateway.url }),
      ...(servers.master && { master: servers.master.url }),
    },
    wallets,
    traffics: traffics.map(({ figure, ...traffic }) => ({
      ...traffic,
      graceSeconds: traffic.graceSeconds ?? GRACE_SECONDS,
      thresholds: figure === undefined ? { latency: [], accepted: [] } : thresholdsOf(figureOf(figure)),
    })),
  };
}

const OPERATORS: Record<Figure['is'], string> = {
  below: '<',
  above: '>',
  at_least: '>=',
  at_most: '<=',
  equal_to: '==',
};

/** A figure as a threshold of k6: a percentile of latency, or how many copies were accepted. */
export function thresholdsOf(figure: Figure): K6Traffic['thresholds'] {
  const comparison = `${OPERATORS[figure.is]}${figure.value}`;
  const percentile = /_p(\d+)$/.exec(figure.metric)?.[1];
  if (percentile !== undefined && figure.unit === 'ms')
    return { latency: [`p(${percentile})${comparison}`], accepted: [] };
  if (figure.unit === 'copies') return { latency: [], accepted: [`count${comparison}`] };
  throw new Error(`no threshold of k6 says that ${figure.metric} is ${comparison} ${figure.unit}`);
}
