import { Agent, request as openRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { text as readText } from 'node:stream/consumers';
import { fieldsOf, type AnswerFields, type FetchLike } from '../test-agent';

/** One request, sent as it is, without normalization. */
export interface AttackRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface AttackAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The fields of a JSON answer; empty for a page. */
  readonly fields: AnswerFields;
  /** `req.user` of the app after it has answered. */
  readonly user: unknown;
}

/** A browser with its own cookies. It does not follow redirects. */
export interface AttackBrowser {
  /** Sends a request and stores the cookies of the answer. */
  send(request: AttackRequest): Promise<AttackAnswer>;
  /** Sends a request without storing cookies, so that the next request has the same state. */
  try(request: AttackRequest): Promise<AttackAnswer>;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<AttackAnswer>;
  /** The headers and the body of a form with the CSRF token of the session. */
  form(fields?: Readonly<Record<string, string>>): Promise<Pick<AttackRequest, 'headers' | 'body'>>;
  /** Sends such a form. */
  post(path: string, fields?: Readonly<Record<string, string>>): Promise<AttackAnswer>;
  /** The last answer to `post`. */
  readonly lastPost: AttackAnswer | undefined;
  readonly fetch: FetchLike;
  /** Another browser with the cookies that this one has now. */
  clone(change?: BrowserChange): AttackBrowser;
}

/** A change of everything that a browser sends. */
export interface BrowserChange {
  /** Added to the body and the URL of each form. */
  readonly extraFields?: Readonly<Record<string, string>>;
  /** Sends forms as JSON, with `true` and `false` as booleans. */
  readonly asJson?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The site that browsers send requests to, with access to `req.user` afterwards. */
export interface AttackedSite {
  readonly port: number;
  readonly agent: Agent;
  readonly pagesPath: string;
  readonly csrfField: string;
  readonly headers: Readonly<Record<string, string>>;
  nextId(): string;
  /** `req.user` at the end of the request. */
  takeUser(id: string): unknown;
}

/** The header with the id of a request, by which its `req` is found. */
export const REQUEST_ID = 'x-express-mfa-attack';

const HTML = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';

export function openBrowser(
  site: AttackedSite,
  change: BrowserChange = {},
  cookies: ReadonlyMap<string, string> = new Map(),
): AttackBrowser {
  const jar = new Map(cookies);
  let lastPost: AttackAnswer | undefined;

  async function tryOne({ method = 'GET', path, headers = {}, body }: AttackRequest): Promise<AttackAnswer> {
    const id = site.nextId();
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const outgoing = openRequest({
      host: '127.0.0.1',
      port: site.port,
      agent: site.agent,
      method,
      path,
      headers: {
        accept: HTML,
        ...(cookie === '' ? {} : { cookie }),
        ...length,
        ...site.headers,
        ...change.headers,
        ...headers,
        [REQUEST_ID]: id,
      },
    });
    outgoing.end(body);
    const [incoming]: IncomingMessage[] = await once(outgoing, 'response');
    if (incoming === undefined) throw new Error(`${method} ${path} was not answered.`);
    const text = await readText(incoming);
    const { statusCode = 0, headers: answered } = incoming;
    return { status: statusCode, headers: answered, text, fields: parse(text), user: site.takeUser(id) };
  }

  async function send(request: AttackRequest): Promise<AttackAnswer> {
    const answer = await tryOne(request);
    for (const line of answer.headers['set-cookie'] ?? []) keepCookie(jar, line);
    return answer;
  }

  const browser: AttackBrowser = {
    send,
    try: tryOne,
    get: (path, headers = {}) => send({ path, headers }),
    async form(fields = {}) {
      const state = await send({ path: `${site.pagesPath}/state`, headers: { accept: 'application/json' } });
      const { csrfToken } = state.fields;
      const token = typeof csrfToken === 'string' ? csrfToken : '';
      const all = { [site.csrfField]: token, ...change.extraFields, ...fields };
      return encode(all, change, { 'x-csrf-token': token });
    },
    async post(path, fields) {
      const query =
        change.extraFields === undefined ? '' : `?${new URLSearchParams(change.extraFields).toString()}`;
      lastPost = await send({ method: 'POST', path: `${path}${query}`, ...(await browser.form(fields)) });
      return lastPost;
    },
    get lastPost() {
      return lastPost;
    },
    async fetch(path, { method, headers, body }) {
      const fields = { ...Object.fromEntries(new URLSearchParams(body)), ...change.extraFields };
      const sent = body === undefined ? { headers } : encode(fields, change, headers);
      const answer = await send({ method, path, ...sent });
      return { status: answer.status, text: async () => answer.text };
    },
    clone: (other = change) => openBrowser(site, other, jar),
  };
  return browser;
}

function encode(
  fields: Readonly<Record<string, string>>,
  { asJson = false }: BrowserChange,
  headers: Readonly<Record<string, string>>,
): Pick<AttackRequest, 'headers' | 'body'> {
  const type = asJson ? 'application/json' : 'application/x-www-form-urlencoded';
  const body = asJson
    ? JSON.stringify(fields, (_name, value: unknown) =>
        value === 'true' ? true : value === 'false' ? false : value,
      )
    : new URLSearchParams(fields).toString();
  return { headers: { ...headers, 'content-type': type }, body };
}

/** `Max-Age=0` or an expiry in the past removes the cookie (RFC 6265, section 5.3). */
function keepCookie(jar: Map<string, string>, line: string): void {
  const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
  const ends = /;\s*expires=([^;]+)/i.exec(line)?.[1];
  const isOver =
    /;\s*max-age=(?:0|-\d+)\b/i.test(line) || (ends !== undefined && Date.parse(ends) <= Date.UTC(1971, 0));
  if (name === '' || isOver) jar.delete(name.trim());
  else jar.set(name.trim(), value);
}

function parse(text: string): AnswerFields {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return {};
  }
}
