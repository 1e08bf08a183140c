import { availableParallelism } from 'node:os';
import type { Traffic } from '../engine/traffic.ts';
import { masterRead } from '../stage.ts';
import { resultOf, type Measure, type Scenario } from './scenario.ts';

/** An object that is in every cluster. */
const OBJECT = '/api/v1/namespaces/default';
/** What a request costs the generator at least, in cores, next to what it costs the server: it does the TLS's other half. */
const GENERATOR_SHARE = 1;

/** Reads of one object at the master, beside an attack or alone. */
export function readTraffic(rate: number, seconds: number, changes: Partial<Traffic> = {}): Traffic {
  return {
    name: 'reads',
    title: 'reads at the master',
    server: 'master',
    rate,
    seconds,
    connections: 32,
    arrivals: [[masterRead(OBJECT, 0)]],
    expect: [{ status: 200 }],
    figure: 'api_read_p99',
    ...changes,
  };
}

export const apiReads: Scenario = {
  name: 'api-reads',
  title: 'Reads of the Kubernetes API at the master',
  engines: ['k6', 'builtin'],
  run: async (stage, scale, play) => {
    const traffic = readTraffic(scale.rate(200, 1000), scale.seconds(4, 20));
    const traffics = await play(stage.plan([traffic], [stage.reader]));
    return { traffics, measures: [{ metric: 'api_read_p99', value: resultOf(traffics, 'reads').p99_ms }] };
  },
};

/** More than the figure asks for, so that what limits is the server. */
const OFFERED = 12_000;

export const apiThroughput: Scenario = {
  name: 'api-throughput',
  title: 'As many reads a second as the master serves',
  engines: ['builtin', 'k6'],
  long: true,
  run: async (stage, scale, play) => {
    const sampler = await stage.sampler();
    const name = 'throughput';
    const title = 'reads, more than can be served';
    const traffic = readTraffic(scale.rate(OFFERED, OFFERED), scale.seconds(8, 8), {
      name,
      title,
      connections: 64,
    });
    delete traffic.figure;
    const traffics = await play(stage.plan([traffic], [stage.reader]));
    await sampler[Symbol.asyncDispose]();
    const result = resultOf(traffics, name);
    const samples = sampler.samplesOf('master');
    const used = samples.length > 1 ? samples.at(-1)!.cpuSeconds - samples[0]!.cpuSeconds : undefined;
    return {
      traffics,
      measures: [
        throughputMeasure(result.per_second, used && used / Math.max(1, result.served), {
          cores: availableParallelism(),
          wanted: stage.figure('api_reads_per_second').value,
        }),
      ],
    };
  },
};

/** The figure, and whether a machine that carries generator and server could show it at all. */
export function throughputMeasure(
  perSecond: number,
  cpuSecondsEach: number | undefined,
  { cores, wanted }: { cores: number; wanted: number },
): Measure {
  const metric = 'api_reads_per_second';
  if (cpuSecondsEach === undefined) return { metric, value: perSecond };
  const each = Math.round(cpuSecondsEach * 1e6) / 1000;
  const note = `${each} ms of processor time of the master for each read, so ${Math.round(1 / cpuSecondsEach)} reads a second for each core that it uses`;
  if (perSecond > wanted) return { metric, value: perSecond, note };
  const cannot = cpuSecondsEach * wanted + GENERATOR_SHARE > cores;
  const untestable = `${cores} cores carry server and generator: ${wanted} a second need ${(cpuSecondsEach * wanted).toFixed(1)} cores for the server alone, at ${each} ms of its processor time a read; ${perSecond} a second were served`;
  return { metric, value: perSecond, note, ...(cannot && { untestable }) };
}

export const spike: Scenario = {
  name: 'spike',
  title: 'A spike of reads, and whether all is as before after it',
  engines: ['k6', 'builtin'],
  run: async (stage, scale, play) => {
    const rate = scale.rate(100, 300);
    const seconds = scale.seconds(2, 10);
    const part = (name: string, title: string, times: number, delaySeconds: number): Traffic => ({
      ...readTraffic(rate * times, seconds, { name, title, delaySeconds }),
    });
    const plan = [
      part('before', 'reads before the spike', 1, 0),
      part('spike', 'reads in the spike', 12, seconds),
      part('after', 'reads after the spike', 1, 2 * seconds + 1),
    ];
    // How slow the spike itself is, is not judged: how all goes on after it is.
    delete plan[1]!.figure;
    const traffics = await play(stage.plan(plan, [stage.reader]));
    const [before, after] = [resultOf(traffics, 'before'), resultOf(traffics, 'after')];
    return {
      traffics,
      measures: [
        { metric: 'api_read_p99', value: after.p99_ms, note: `before the spike ${before.p99_ms} ms` },
      ],
    };
  },
};
