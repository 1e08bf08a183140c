import fc from 'fast-check';
import { asObject, at, equal, ok, refused, status } from '../../runner/expectations.ts';
import { namesOf, versionOf, type Kube } from './kube.ts';
import type { Watch } from './watch.ts';

/** What a correct server has of one object. */
interface Entry {
  uid: string;
  version: string;
  data: Record<string, string>;
}

/** A change that happened, as a watch must tell it: type, name and the data then. */
type Change = readonly [type: string, name: string, data: string];

/** The state that a correct server must be in, and what the clients know. */
export interface Model {
  objects: Map<string, Entry>;
  changes: Change[];
  /** What each client read last of each object; it may be stale. */
  seen: Map<string, unknown>[];
  /** Watches, and how many changes there were when each began. */
  watches: { since: number }[];
}

/** The system: clients at work in one namespace, and the watches that were opened. */
export interface Real {
  clients: readonly Kube[];
  watches: Watch[];
}

export const NAMES = ['obj-a', 'obj-b', 'obj-c'] as const;
const CLIENTS = 3;

export const freshModel = (): Model => ({
  objects: new Map(),
  changes: [],
  seen: Array.from({ length: CLIENTS }, () => new Map<string, unknown>()),
  watches: [],
});

type Command = fc.AsyncCommand<Model, Real>;

const textOf = (data: unknown): string =>
  JSON.stringify(Object.entries(asObject(data)).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** Says what a write of an object did, to the model. */
function took(
  model: Model,
  client: number,
  type: string,
  name: string,
  object: unknown,
  data: Record<string, string>,
): void {
  const before = model.objects.get(name);
  const version = versionOf(object);
  equal('the data in the answer', asObject(at(object, 'data')), data);
  if (type === 'MODIFIED') equal('the uid', at(object, 'metadata', 'uid'), before?.uid);
  ok('the resourceVersion is a new one', version !== before?.version, { got: version });
  model.objects.set(name, { uid: String(at(object, 'metadata', 'uid')), version, data });
  model.changes.push([type, name, textOf(data)]);
  model.seen[client]?.set(name, object);
}

const command = (name: string, run: (model: Model, real: Real) => Promise<void>): Command => ({
  check: () => true,
  run,
  toString: () => name,
});

function create(client: number, name: string, value: string): Command {
  return command(`client ${client} creates ${name}=${value}`, async (model, { clients }) => {
    const api = clients[client]!;
    const answer = await api.create('configmaps', api.configMap(name, { v: value }));
    if (model.objects.has(name)) refused(answer, { status: 409, reason: 'AlreadyExists' });
    else {
      status(answer, 201);
      took(model, client, 'ADDED', name, answer.json, { v: value });
    }
  });
}

/** With what the client saw last, which may be stale, of an object that is gone, or of one that came anew. */
function update(client: number, name: string, value: string): Command {
  return command(`client ${client} updates ${name}=${value}`, async (model, { clients }) => {
    const api = clients[client]!;
    const copy = model.seen[client]?.get(name);
    if (copy === undefined) return;
    const data = { v: value, by: String(client) };
    const answer = await api.replace('configmaps', name, { ...asObject(copy), data });
    const present = model.objects.get(name);
    if (!present) refused(answer, { status: 404, reason: 'NotFound' });
    else if (present.version !== versionOf(copy)) refused(answer, { status: 409, reason: 'Conflict' });
    else {
      status(answer, 200);
      if (textOf(data) === textOf(present.data))
        equal('the resourceVersion', versionOf(answer.json), present.version);
      else took(model, client, 'MODIFIED', name, answer.json, data);
    }
  });
}

function patch(client: number, name: string, key: string, value: string | null): Command {
  return command(`client ${client} patches ${name}.${key}=${value}`, async (model, { clients }) => {
    const answer = await clients[client]!.patch('configmaps', name, 'merge', { data: { [key]: value } });
    const present = model.objects.get(name);
    if (!present) {
      refused(answer, { status: 404, reason: 'NotFound' });
      return;
    }
    status(answer, 200);
    const { [key]: _, ...others } = present.data;
    const data = value === null ? others : { ...others, [key]: value };
    if (textOf(data) === textOf(present.data))
      equal('the resourceVersion', versionOf(answer.json), present.version);
    else took(model, client, 'MODIFIED', name, answer.json, data);
  });
}

function remove(client: number, name: string, guarded: boolean): Command {
  return command(
    `client ${client} deletes ${name}${guarded ? ' as it saw it' : ''}`,
    async (model, { clients }) => {
      const copy = guarded ? model.seen[client]?.get(name) : undefined;
      const preconditions =
        copy === undefined ? {} : { uid: at(copy, 'metadata', 'uid'), resourceVersion: versionOf(copy) };
      const answer = await clients[client]!.remove('configmaps', name, {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        preconditions,
      });
      const present = model.objects.get(name);
      if (!present) refused(answer, { status: 404, reason: 'NotFound' });
      else if (copy !== undefined && versionOf(copy) !== present.version)
        refused(answer, { status: 409, reason: 'Conflict' });
      else {
        status(answer, 200);
        model.objects.delete(name);
        model.changes.push(['DELETED', name, textOf(present.data)]);
      }
    },
  );
}

function read(client: number, name: string): Command {
  return command(`client ${client} reads ${name}`, async (model, { clients }) => {
    const answer = await clients[client]!.get('configmaps', name);
    const present = model.objects.get(name);
    if (!present) {
      refused(answer, { status: 404, reason: 'NotFound' });
      return;
    }
    status(answer, 200);
    equal(
      'what is read',
      [at(answer.json, 'metadata', 'uid'), versionOf(answer.json), textOf(at(answer.json, 'data'))],
      [present.uid, present.version, textOf(present.data)],
    );
    model.seen[client]?.set(name, answer.json);
  });
}

function list(client: number, limit: number): Command {
  return command(`client ${client} lists by ${limit}`, async (model, { clients }) => {
    const found: string[] = [];
    for (let token = ''; ;) {
      const query = new URLSearchParams({ limit: String(limit), ...(token && { continue: token }) });
      const answer = await clients[client]!.list('configmaps', `?${query}`);
      status(answer, 200);
      found.push(...namesOf(answer.json).filter((name) => name.startsWith('obj-')));
      token = String(at(answer.json, 'metadata', 'continue') ?? '');
      if (token === '') break;
    }
    equal('the names listed', found, [...model.objects.keys()].toSorted());
  });
}

/** All clients write one object at once with one resourceVersion. */
function race(name: string): Command {
  return command(`all update ${name} at once`, async (model, { clients }) => {
    const present = model.objects.get(name);
    if (!present) return;
    const base = await clients[0]!.present('configmaps', name);
    const answers = await Promise.all(
      clients.map((api, index) =>
        api.replace('configmaps', name, {
          ...asObject(base),
          data: { v: 'race', by: `${index}-${model.changes.length}` },
        }),
      ),
    );
    equal('the answers', answers.map((answer) => answer.status).toSorted(), [
      200,
      ...clients.slice(1).map(() => 409),
    ]);
    const winner = answers.findIndex((answer) => answer.status === 200);
    took(model, winner, 'MODIFIED', name, answers[winner]?.json, {
      v: 'race',
      by: `${winner}-${model.changes.length}`,
    });
  });
}

function watch(client: number): Command {
  return command(`client ${client} lists and watches`, async (model, { clients, watches }) => {
    if (watches.length >= 4) return;
    const api = clients[client]!;
    watches.push(await api.watch('configmaps', `resourceVersion=${await api.revision('configmaps')}`));
    model.watches.push({ since: model.changes.length });
  });
}

/** Sequences of what clients do. */
export function commands(maxCommands: number): fc.Arbitrary<Iterable<Command>> {
  const client = fc.nat(CLIENTS - 1);
  const name = fc.constantFrom(...NAMES);
  const value = fc.constantFrom('1', '2', '3');
  const key = fc.constantFrom('v', 'w');
  return fc.commands(
    [
      fc.tuple(client, name, value).map((args) => create(...args)),
      fc.tuple(client, name, value).map((args) => create(...args)),
      fc.tuple(client, name, value).map((args) => update(...args)),
      fc.tuple(client, name, value).map((args) => update(...args)),
      fc.tuple(client, name, key, fc.option(value)).map((args) => patch(...args)),
      fc.tuple(client, name, fc.boolean()).map((args) => remove(...args)),
      fc.tuple(client, name).map((args) => read(...args)),
      fc.tuple(client, fc.constantFrom(0, 1, 2)).map((args) => list(...args)),
      name.map(race),
      client.map(watch),
    ],
    { maxCommands, size: 'max' },
  );
}

/** What the watch must have told by now. */
export const toldSince = ({ changes }: Model, since: number): string[] =>
  changes.slice(since).map(([type, name, data]) => `${type} ${name} ${data}`);

/** What it told. */
export const told = ({ events }: Watch): string[] =>
  events
    .filter(({ object }) => String(at(object, 'metadata', 'name')).startsWith('obj-'))
    .map(
      ({ type, object }) => `${type} ${String(at(object, 'metadata', 'name'))} ${textOf(at(object, 'data'))}`,
    );
