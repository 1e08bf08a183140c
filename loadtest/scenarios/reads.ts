import { availableParallelism } from 'node:os';
import { apart } from '../engine/apart.ts';
import { cpuUsed } from '../engine/sampler.ts';
import type { Traffic } from '../engine/traffic.ts';
import { masterRead } from '../stage.ts';
import { resultOf, type Measure, type Scenario } from './scenario.ts';

/** An object that is in every cluster. */
const OBJECT = '/api/v1/namespaces/default';

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
    const traffic = readTraffic(scale.rate(200, 1000), scale.seconds(3, 20));
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
    await using cores = await apart(stage.pids.get('master'));
    const before = process.cpuUsage();
    const traffics = await play(stage.plan([traffic], [stage.reader]));
    const generator = process.cpuUsage(before);
    await sampler[Symbol.asyncDispose]();
    const { per_second, served } = resultOf(traffics, name);
    const used = cpuUsed(sampler.samplesOf('master'));
    const each = (seconds: number): number => seconds / Math.max(1, served);
    return {
      traffics,
      measures: [
        throughputMeasure(per_second, {
          server: used && each(used),
          generator: each((generator.user + generator.system) / 1e6),
          pinned: cores.pinned,
          cores: availableParallelism(),
          wanted: stage.figure('api_reads_per_second').value,
        }),
      ],
    };
  },
};

export interface ThroughputCost {
  /** Seconds of processor time of the master for a request; undefined when it is no process of this machine. */
  server: number | undefined;
  /** Likewise of this process, which is the generator unless k6 is. */
  generator: number;
  /** Whether server and generator had a core each. */
  pinned: boolean;
  cores: number;
  /** Requests a second. */
  wanted: number;
}

const ms = (seconds: number): string => `${Math.round(seconds * 1e6) / 1000} ms`;

/** The figure, and whether a machine that carries generator and server could show it at all. */
export function throughputMeasure(
  perSecond: number,
  { server, generator, pinned, cores, wanted }: ThroughputCost,
): Measure {
  const metric = 'api_reads_per_second';
  if (server === undefined) return { metric, value: perSecond };
  const apartly = pinned ? ', one core for the server and one for the generator' : '';
  const note = `${ms(server)} of processor time of the master for each read, so ${Math.round(1 / server)} reads a second for each core that it uses${apartly}`;
  if (perSecond > wanted) return { metric, value: perSecond, note };
  const [servers, generators] = [server * wanted, generator * wanted];
  const cannot = servers + generators > cores;
  const untestable = `${cores} cores carry server and generator: ${wanted} a second need ${servers.toFixed(1)} cores for the server, at ${ms(server)} of its processor time a read, and ${generators.toFixed(1)} for the generator, at ${ms(generator)}; ${perSecond} a second were served${apartly}`;
  return { metric, value: perSecond, note, ...(cannot && { untestable }) };
}

export const spike: Scenario = {
  name: 'spike',
  title: 'A spike of reads, and whether all is as before after it',
  engines: ['k6', 'builtin'],
  run: async (stage, scale, play) => {
    const rate = scale.rate(100, 300);
    const seconds = scale.seconds(1, 10);
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
