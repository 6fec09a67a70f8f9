import { request as open, type IncomingMessage } from 'node:http';

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
  /** The path that answered in the end. */
  readonly path: string;
}

export interface HastyBrowser {
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Sends a form with the token of the page before. */
  post(path: string, fields?: Readonly<Record<string, string>>): Promise<Answer>;
}

const ACCEPT = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';

/**
 * A browser that follows a redirect as soon as it has read its head, as real ones do, over a very fast network. `onHead` is
 * told the path of each answer as its head arrives.
 */
export function createHastyBrowser(
  url: string,
  onHead: (path: string) => void = () => undefined,
): HastyBrowser {
  const cookies = new Map<string, string>();
  let token = '';

  function keepCookies({ headers }: IncomingMessage): void {
    for (const cookie of headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
  }

  async function send(
    method: 'GET' | 'POST',
    path: string,
    sent: { readonly body?: string; readonly headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Answer> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = open(new URL(path, url), {
        method,
        agent: false,
        headers: {
          accept: ACCEPT,
          cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
          ...(sent.body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
          ...sent.headers,
        },
      });
      request.on('response', resolve).on('error', reject);
      request.end(sent.body);
    });
    onHead(path);
    keepCookies(answer);
    const { location } = answer.headers;
    if (location !== undefined) {
      answer.resume();
      return send('GET', location);
    }
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    token = /name="_csrf" value="([^"]*)"/.exec(text)?.[1] ?? token;
    return { status: answer.statusCode ?? 0, headers: answer.headers, text, path };
  }

  return {
    get: (path, headers = {}) => send('GET', path, { headers }),
    post: (path, fields = {}) =>
      send('POST', path, { body: new URLSearchParams({ _csrf: token, ...fields }).toString() }),
  };
}
