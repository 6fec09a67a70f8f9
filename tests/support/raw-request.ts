import { once } from 'node:events';
import { request } from 'node:http';
import type { Agent, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends exactly this path, headers and body: nothing is normalized, nothing added. */
export async function sendRaw(
  url: string,
  sent: {
    readonly path: string;
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Buffer;
    /** Default: a connection of its own. */
    readonly agent?: Agent;
  },
): Promise<RawAnswer> {
  const { method = 'GET', path, headers = {}, body, agent = false } = sent;
  const { hostname, port } = new URL(url);
  const outgoing = request({ hostname, port, method, path, headers, agent });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, text: await text(incoming) };
}
