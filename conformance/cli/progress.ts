/** Tells a person what is happening, on stderr: one line that is rewritten in a terminal, plain lines elsewhere. */
export interface Progress {
  /** A step begins. */
  step(text: string): void;
  /** Something worth keeping on the screen. */
  line(text: string): void;
  /** Clears what would be rewritten. */
  end(): void;
}

const PLAIN_EVERY_MS = 2_000;

export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  return stream.isTTY && !process.env['CI'] ? liveProgress(stream) : plainProgress(stream);
}

function liveProgress(stream: NodeJS.WriteStream): Progress {
  const clear = () => stream.write('\r\u001B[2K');
  return {
    step(text) {
      clear();
      stream.write(text.slice(0, (stream.columns ?? 80) - 1));
    },
    line(text) {
      clear();
      stream.write(`${text}\n`);
    },
    end: () => void clear(),
  };
}

/** Steps of the same kind that follow each other quickly are thinned out, so that a log stays readable. */
function plainProgress(stream: NodeJS.WriteStream): Progress {
  let last = '';
  let at = 0;
  return {
    step(text) {
      const kind = text.replaceAll(/\d+/g, '#').slice(0, 12);
      if (kind === last && Date.now() - at < PLAIN_EVERY_MS) return;
      last = kind;
      at = Date.now();
      stream.write(`${text}\n`);
    },
    line: (text) => void stream.write(`${text}\n`),
    end: () => undefined,
  };
}
