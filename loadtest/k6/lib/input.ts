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

export const INPUT = JSON.parse(open(path)) as Input;
