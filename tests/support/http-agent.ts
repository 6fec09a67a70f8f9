import type { RequestListener } from 'node:http';
import request, { type Response } from 'supertest';

type Fields = Readonly<Record<string, unknown>>;
type Headers = Readonly<Record<string, string>>;

export interface HttpAgent {
  /** As a browser: asks for HTML, keeps cookies, does not follow redirects. */
  get(path: string, headers?: Headers): Promise<Response>;
  /** Goes where the redirect of a response points, until a page comes. */
  follow(response: Response): Promise<Response>;
  /** Sends a form with the token of the last page, or of the state route where that page had none. */
  post(path: string, fields?: Fields, headers?: Headers): Promise<Response>;
  getJson(path: string, headers?: Headers): Promise<Response>;
  /** Sends JSON with the token in a header. */
  postJson(path: string, body?: object, headers?: Headers): Promise<Response>;
  /** Sends JSON without a token, as to routes of the host: nothing else is asked before. */
  send(path: string, body?: object): Promise<Response>;
  /** The token that belongs to this visitor's session now. */
  csrfToken(): Promise<string>;
  /** A cookie's value as the browser holds it. */
  cookie(name: string): string | undefined;
  /** Every cookie that the browser holds, as it sends them. */
  cookieHeader(): string;
}

interface HttpAgentOptions {
  /** Where the member pages are mounted. */
  readonly mountPath?: string;
  /** Sent with every request. */
  readonly headers?: Headers;
  /** The field in which forms carry the token. */
  readonly csrfField?: string;
}

/** Where every request of a test goes. */
const HERE = { domain: '127.0.0.1', path: '/', secure: false, script: false } as const;

const html = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';

function tokenOf(response: Response, csrfField: string): string | undefined {
  const input = new RegExp(`<input\\b[^>]*\\bname="${csrfField}"[^>]*>`).exec(response.text ?? '')?.[0];
  if (input !== undefined) return /\bvalue="([^"]*)"/.exec(input)?.[1];
  const { csrfToken } = (response.body ?? {}) as { csrfToken?: unknown };
  return typeof csrfToken === 'string' ? csrfToken : undefined;
}

/** A visitor with cookies, speaking to an Express app or to a URL. */
export function createHttpAgent(app: RequestListener | string, options: HttpAgentOptions = {}): HttpAgent {
  const { mountPath = '/mfa', headers: always = {}, csrfField = '_csrf' } = options;
  const agent = request.agent(app);
  let token: string | undefined;

  async function get(path: string, headers: Headers = {}): Promise<Response> {
    const response = await agent.get(path).set({ accept: html, ...always, ...headers });
    token = tokenOf(response, csrfField) ?? token;
    return response;
  }

  const getJson = (path: string, headers: Headers = {}) =>
    get(path, { accept: 'application/json', ...headers });

  async function csrfToken(): Promise<string> {
    if (token === undefined) token = tokenOf(await getJson(`${mountPath}/state`), csrfField);
    if (token === undefined) throw new Error('Neither the last page nor the state route had a CSRF token.');
    return token;
  }

  /** A POST may change the session, and the token with it. */
  function rememberToken(response: Response): Response {
    token = tokenOf(response, csrfField);
    return response;
  }

  return {
    get,
    getJson,
    csrfToken,
    async follow(response) {
      let last = response;
      for (let hops = 0; last.headers['location'] !== undefined; hops += 1) {
        if (hops === 10) throw new Error(`Ten redirects, the last to ${last.headers['location']}.`);
        last = await get(last.headers['location']);
      }
      return last;
    },
    async post(path, fields = {}, headers = {}) {
      const body = { [csrfField]: await csrfToken(), ...fields };
      const sent = agent
        .post(path)
        .type('form')
        .set({ accept: html, ...always, ...headers });
      return rememberToken(await sent.send(body));
    },
    async postJson(path, body = {}, headers = {}) {
      const own = { accept: 'application/json', 'x-csrf-token': await csrfToken() };
      return rememberToken(
        await agent
          .post(path)
          .set({ ...own, ...always, ...headers })
          .send(body),
      );
    },
    async send(path, body = {}) {
      const own = { accept: 'application/json', ...always };
      return rememberToken(await agent.post(path).set(own).send(body));
    },
    cookie: (name) => agent.jar.getCookie(name, HERE)?.value,
    cookieHeader: () => agent.jar.getCookies(HERE).toValueString(),
  };
}
