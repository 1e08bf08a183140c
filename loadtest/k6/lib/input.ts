import { SharedArray } from 'k6/data';

/** What `daas load` hands to a script; loadtest/k6-engine/input.ts writes it. */
export interface Request {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
  session?: number;
}

export interface Traffic {
  name: string;
  title: string;
  server: 'gateway' | 'master';
  rate: number;
  seconds: number;
  graceSeconds: number;
  delaySeconds?: number;
  connections: number;
  arrivals: Request[][];
  expect: { status: number; contains?: string }[];
  thresholds: { latency: string[]; accepted: string[] };
}

export interface Wallet {
  seed: string;
  token: string;
  address: string;
  audience: string;
}

export interface Input {
  urls: Record<string, string>;
  wallets: Wallet[];
  traffics: Traffic[];
}

const path = __ENV['DAAS_LOAD_INPUT'];
if (!path) {
  throw new Error(
    'DAAS_LOAD_INPUT names no file; `daas load --scenario NAME --prepare DIR` writes DIR/input.json',
  );
}

const parse = (): Input => JSON.parse(open(path)) as Input;

/** The input, but for the arrivals: parsed once, not once for each virtual user. */
export const INPUT = new SharedArray('input', () => {
  const { traffics, ...rest } = parse();
  return [{ ...rest, traffics: traffics.map((traffic) => ({ ...traffic, arrivals: [] })) }];
})[0] as Input;

/** Arrivals of each traffic. Pools of thousands of signed requests are held in memory once. */
export const ARRIVALS = new Map<string, Request[][]>(
  INPUT.traffics.map(({ name }) => [
    name,
    new SharedArray(
      `arrivals of ${name}`,
      () => parse().traffics.find((traffic) => traffic.name === name)?.arrivals ?? [],
    ),
  ]),
);
