import { notAcceptable } from '../errors.ts';

/** How a client wants to see objects. */
export type View =
  | { as: 'object' }
  | { as: 'table'; version: 'v1' | 'v1beta1' }
  | { as: 'metadata'; version: 'v1' | 'v1beta1' };

const ACCEPTED = [
  'application/json',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
];

interface MediaRange {
  type: string;
  parameters: ReadonlyMap<string, string>;
  quality: number;
}

/** Media ranges of an Accept header, best first. */
export function mediaRanges(header: string | undefined): MediaRange[] {
  if (header === undefined || header.trim() === '')
    return [{ type: '*/*', parameters: new Map(), quality: 1 }];
  const ranges = header.split(',').map((part) => {
    const [type = '', ...rest] = part.split(';').map((item) => item.trim());
    const parameters = new Map(
      rest.map((item) => {
        const [key = '', value = ''] = item.split('=');
        return [key.trim().toLowerCase(), value.trim()];
      }),
    );
    const quality = Number(parameters.get('q') ?? '1');
    return { type: type.toLowerCase(), parameters, quality: Number.isNaN(quality) ? 0 : quality };
  });
  return ranges.filter(({ quality }) => quality > 0).toSorted((left, right) => right.quality - left.quality);
}

/** The first view that the server can give. Throws 406 when there is none. */
export function viewOf(header: string | undefined): View {
  for (const { type, parameters } of mediaRanges(header)) {
    if (type !== 'application/json' && type !== '*/*' && type !== 'application/*') continue;
    const as = parameters.get('as');
    const version = parameters.get('v');
    if (as === undefined) return { as: 'object' };
    if (parameters.get('g') !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) continue;
    if (as === 'Table') return { as: 'table', version };
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList')
      return { as: 'metadata', version };
  }
  throw notAcceptable(ACCEPTED);
}
