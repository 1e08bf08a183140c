import { CuttableLink } from '../../conformance/drivers/cuttable-link.ts';

/** The lines between parts that run through the suite, each under its name, `from–to`. */
export class Lines implements AsyncDisposable {
  readonly #links = new Map<string, Promise<CuttableLink>>();

  /** The URL by which `from` is to reach what `url` names; the same line each time. */
  async reach(from: string, to: string, url: string): Promise<string> {
    // A line passes bytes as they are: behind another host name a certificate or a virtual host would not fit.
    if (!isHere(url)) return url;
    const name = `${from}–${to}`;
    const link = this.#links.get(name) ?? CuttableLink.start(url);
    this.#links.set(name, link);
    return (await link).url;
  }

  get names(): string[] {
    return [...this.#links.keys()];
  }

  async cut(name: string): Promise<void> {
    (await this.#link(name)).cut();
  }

  async heal(name: string): Promise<void> {
    (await this.#link(name)).heal();
  }

  async breakOff(name: string): Promise<void> {
    (await this.#link(name)).breakOff();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const link of this.#links.values()) await (await link)[Symbol.asyncDispose]();
  }

  #link(name: string): Promise<CuttableLink> {
    const link = this.#links.get(name);
    if (!link) throw new RangeError(`there is no line ${name}, only ${this.names.join(', ')}`);
    return link;
  }
}

function isHere(url: string): boolean {
  return ['127.0.0.1', 'localhost'].includes(new URL(url).hostname);
}
