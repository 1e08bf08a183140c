import type { CheckContext } from '../../runner/context.ts';
import { equal, ok } from '../../runner/expectations.ts';

/** One sample line of a Prometheus text. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface Metrics {
  text: string;
  samples: readonly Sample[];
  /** Type by name of the family, from the TYPE lines. */
  types: ReadonlyMap<string, string>;
}

/** What the protocol wants named, and how an implementation may call it. */
export const SUBJECTS = {
  requests: /request/i,
  latency: /latency|duration|seconds_(?:bucket|sum|count)$/i,
  'token validations':
    /(?:token|credential).*(?:validat|check|verif)|(?:validat|verif).*(?:token|credential)/i,
  'refused replays': /replay/i,
  'stake operations': /stak/i,
  'store size': /(?:store|storage).*(?:entries|objects|bytes|size|keys)/i,
  'event lag': /(?:event|chain|checkpoint).*(?:lag|behind|delay)/i,
} as const;

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: -?\d+)?$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\.)*)"(?:,|$)/gy;

/** Reads the metrics of the master; the check is untestable when the target file does not say where they are. */
export async function metricsOf(t: CheckContext): Promise<Metrics> {
  const url = t.world.master?.metricsUrl;
  t.needs('master.metrics_url in the target file', url !== undefined);
  const { origin, pathname, search } = new URL(url);
  const answer = await t.http(origin, t.world.master?.ca).send('GET', pathname + search);
  equal('the status of the metrics', answer.status, 200);
  const type = answer.headers['content-type'] ?? '';
  ok('the media type is that of Prometheus text', /^text\/plain|openmetrics-text/.test(type), { got: type });
  return parse(answer.text);
}

/** Throws CheckFailure for a line that is no Prometheus text. */
function parse(text: string): Metrics {
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, family, type] = /^# TYPE (\S+) (\w+)$/.exec(line) ?? [];
    if (family !== undefined && type !== undefined) types.set(family, type);
    if (line === '' || line.startsWith('#')) continue;
    const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
    const number = value.replace(/^([+-]?)Inf$/, '$1Infinity');
    ok('every line is Prometheus text', name !== '' && (value === 'NaN' || !Number.isNaN(Number(number))), {
      got: line,
    });
    samples.push({ name, labels: labelsIn(labels), value: Number(number) });
  }
  ok('there are metrics', samples.length > 0 && types.size > 0, { got: text.slice(0, 500) });
  return { text, samples, types };
}

function labelsIn(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(LABEL)].map(([, name, value]) => [name, value]));
}

/** Sum of the counters, or gauges, whose name speaks of a subject. */
export function totalOf({ samples, types }: Metrics, subject: RegExp, kind: 'counter' | 'gauge'): number {
  const named = samples.filter(({ name }) => types.get(name) === kind && subject.test(name));
  return named.reduce((sum, { value }) => sum + value, 0);
}
