/** The part of a supertest or superagent request that is used. */
export interface SupertestRequest extends PromiseLike<{ readonly status: number; readonly text: string }> {
  set(headers: Record<string, string>): SupertestRequest;
  send(body: string): SupertestRequest;
}

/** `request.agent(app)` of supertest, which keeps cookies. */
export interface SupertestAgent {
  get(path: string): SupertestRequest;
  post(path: string): SupertestRequest;
}

/** A function like `fetch` that keeps cookies, takes paths of the app and does not follow redirects. */
export type FetchLike = (
  path: string,
  init: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body?: string;
    readonly redirect: 'manual';
  },
) => Promise<{ readonly status: number; text(): Promise<string> }>;

/** The browser of a test. */
export type TestAgent = SupertestAgent | FetchLike;

/** The fields of a JSON answer; empty for a page. */
export type AnswerFields = Readonly<Record<string, unknown>>;

/** It posts forms, because every body parser and CSRF middleware of a host can read them. */
export interface PageClient {
  get(path: string): Promise<AnswerFields>;
  post(path: string, fields?: Readonly<Record<string, string>>): Promise<AnswerFields>;
  visit(path: string): Promise<void>;
}

export function createPageClient(
  agent: TestAgent,
  { pagesPath, csrfField }: { readonly pagesPath: string; readonly csrfField: string },
): PageClient {
  const json = { accept: 'application/json' };

  async function send(path: string, headers: Record<string, string>, form?: string): Promise<string> {
    if (typeof agent === 'function') {
      const init = { headers, redirect: 'manual' } as const;
      const sent = form === undefined ? { method: 'GET' } : { method: 'POST', body: form };
      return (await agent(path, { ...init, ...sent })).text();
    }
    const sent = form === undefined ? agent.get(path).set(headers) : agent.post(path).set(headers).send(form);
    return (await sent).text;
  }

  const get = async (path: string) => parseFields(await send(`${pagesPath}${path}`, json));

  return {
    get,
    async post(path, fields = {}) {
      const { csrfToken } = await get('/state');
      if (typeof csrfToken !== 'string')
        throw new Error(
          `GET ${pagesPath}/state has no CSRF token. Pass the path where the pages are mounted as \`pagesPath\`.`,
        );
      const headers = {
        ...json,
        'content-type': 'application/x-www-form-urlencoded',
        'x-csrf-token': csrfToken,
      };
      const form = new URLSearchParams({ [csrfField]: csrfToken, ...fields });
      return parseFields(await send(`${pagesPath}${path}`, headers, form.toString()));
    },
    async visit(path) {
      await send(path, { accept: 'text/html' });
    },
  };
}

function parseFields(text: string): AnswerFields {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return {};
  }
}

export function fieldsOf(value: unknown): AnswerFields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
