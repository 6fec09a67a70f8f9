import request from 'supertest';
import type { Response } from 'supertest';
import { createHttpAgent } from '../../support/http-agent';
import { CREDENTIALS, createLoginHost } from '../../support/login-host';
import { expressMajors } from '../../support/majors';
import { plantApp } from '../../support/planted';

// A script, an image or a program follows a redirect and takes the sign-in page for its answer. Only a navigation can be led.

type Headers = Readonly<Record<string, string>>;

const CHROME = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8';
const navigate = (dest: string) => ({ 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': dest });
const fetched = (mode: string, dest = 'empty') => ({ 'sec-fetch-mode': mode, 'sec-fetch-dest': dest });

/** Headers as clients send them to a page of the host's, and what each can use. */
const PAGES: readonly (readonly [string, Headers])[] = [
  ['a link in Chrome or Firefox', { accept: CHROME, ...navigate('document') }],
  ['a frame', { accept: CHROME, ...navigate('iframe') }],
  ['Safari before 16.4, or plain http', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }],
  ['a browser that asks for XHTML', { accept: 'application/xhtml+xml' }],
  ['a proxy that leaves the destination alone', { accept: CHROME, 'sec-fetch-dest': 'document' }],
  ['a navigation that a service worker passes on', { accept: CHROME, ...navigate('empty') }],
  ['the WebView of an Android app', { accept: CHROME, 'x-requested-with': 'com.example.app' }],
  ['a prerendered page', { accept: CHROME, ...navigate('document'), 'sec-purpose': 'prefetch;prerender' }],
  ['w3m or lynx', { accept: 'text/html, text/*;q=0.5, image/*' }],
  ['HTML rather than JSON', { accept: 'text/html, application/json;q=0.5' }],
];

const DATA: readonly (readonly [string, Headers])[] = [
  ['fetch', { accept: '*/*', ...fetched('cors') }],
  ['fetch of the same origin', { accept: '*/*', ...fetched('same-origin') }],
  ['fetch that asks for HTML, as htmx and Turbo do', { accept: 'text/html', ...fetched('cors') }],
  ['fetch where a proxy drops the mode', { accept: '*/*', 'sec-fetch-dest': 'empty' }],
  ['fetch where a proxy drops the destination', { accept: CHROME, 'sec-fetch-mode': 'cors' }],
  ['fetch with no headers', {}],
  ['fetch in Node', { accept: '*/*', 'sec-fetch-mode': 'cors', 'accept-language': '*' }],
  ['EventSource', { accept: 'text/event-stream', ...fetched('cors') }],
  ['EventSource of an old browser', { accept: 'text/event-stream' }],
  ['jQuery', { accept: '*/*', 'x-requested-with': 'XMLHttpRequest' }],
  ['jQuery that asks for HTML', { accept: 'text/html, */*; q=0.01', 'x-requested-with': 'XMLHttpRequest' }],
  ['jQuery.getJSON', { accept: 'application/json, text/javascript, */*; q=0.01' }],
  ['axios', { accept: 'application/json, text/plain, */*' }],
  ['JSON:API', { accept: 'application/vnd.api+json' }],
  ['JSON:API from a script', { accept: 'application/vnd.api+json', ...fetched('cors') }],
  ['JSON rather than HTML', { accept: 'application/json, text/html;q=0.5' }],
  ['JSON rather than HTML, by a navigation', { accept: 'application/json', ...navigate('document') }],
  ['HTML that is not accepted', { accept: 'text/html;q=0, */*' }],
  ['curl', { accept: '*/*', 'user-agent': 'curl/8.5.0' }],
  ['an iOS app', { accept: '*/*', 'user-agent': 'Portal/1 CFNetwork/1490.0.4 Darwin/23.2.0' }],
  ['an Android app', { 'user-agent': 'okhttp/4.12.0' }],
  ['Python', { accept: '*/*', 'user-agent': 'python-requests/2.32.3' }],
  ['an image', { accept: 'image/avif,image/webp,*/*;q=0.8', ...fetched('no-cors', 'image') }],
  ['a script', { accept: '*/*', ...fetched('no-cors', 'script') }],
  ['a prefetched link', { accept: '*/*', ...fetched('no-cors'), 'sec-purpose': 'prefetch' }],
  ['a video', { accept: '*/*', range: 'bytes=0-', ...fetched('no-cors', 'video') }],
  ['a wildcard that names no HTML', { accept: 'text/*' }],
];

const kindOf = ({ status, headers, text }: Response): 'page' | 'data' | 'neither' => {
  if (status === 303 && headers['location'] !== undefined) return 'page';
  if (!/[45]\d\d/.test(String(status))) return 'neither';
  if (String(headers['content-type']).startsWith('text/html'))
    return text.includes('<h1>') ? 'page' : 'neither';
  const { outcome, because, next } = JSON.parse(text) as Record<string, unknown>;
  return [outcome, because, next].every((field) => typeof field === 'string') ? 'data' : 'neither';
};

describe.each(expressMajors)('on Express $major, a guarded route', ({ express }) => {
  const host = createLoginHost({
    express,
    guarded: (app, mfa) => {
      app.all('/act', (_req, res) => res.json({ done: true }));
      app.all('/pay', mfa.requireStepUp({ maxAgeSeconds: 60 }), (_req, res) => res.json({ paid: true }));
      const json = mfa.requireStepUp({ maxAgeSeconds: 60, json: (req) => req.query['as'] === 'data' });
      app.all('/pay-as', json, (_req, res) => res.json({ paid: true }));
    },
  });
  afterAll(() => host.mfa.close());
  function send(method: 'get' | 'head' | 'post' | 'delete', path: string, headers: Headers, cookie = '') {
    const client = request(host.app);
    return client[method](path).set({ ...headers, cookie });
  }

  it.each(PAGES)('leads to the sign-in page: %s', async (_who, headers) => {
    const answer = await send('get', '/home', headers);
    expect([answer.status, answer.headers['location']]).toEqual([303, '/mfa/login?returnTo=%2Fhome']);
  });

  it.each(DATA)('answers with data: %s', async (_who, headers) => {
    const answer = await send('get', '/home', headers);
    expect(answer.status).toBe(401);
    expect(answer.headers['location']).toBeUndefined();
    expect(answer.body).toEqual({
      outcome: 'sign-in',
      because: 'no-session',
      next: '/mfa/login?returnTo=%2Fhome',
    });
  });

  it('answers a form with a page, and a script that posts with data', async () => {
    const form = {
      accept: CHROME,
      ...navigate('document'),
      'content-type': 'application/x-www-form-urlencoded',
    };
    for (const method of ['post', 'delete'] as const) {
      expect(kindOf(await send(method, '/act', form))).toBe('page');
      for (const [who, headers] of DATA)
        expect([who, kindOf(await send(method, '/act', headers))]).toEqual([who, 'data']);
    }
  });

  it('answers HEAD like GET', async () => {
    expect((await send('head', '/home', { accept: CHROME, ...navigate('document') })).status).toBe(303);
    expect((await send('head', '/home', { accept: '*/*' })).status).toBe(401);
  });

  async function signedInCookie(username = 'ada'): Promise<string> {
    const agent = createHttpAgent(host.app);
    await agent.get('/mfa/login');
    await agent.post('/mfa/login', { ...CREDENTIALS, username });
    return `connect.sid=${agent.cookie('connect.sid')}`;
  }

  it('does the same if the session needs a proof or an enrollment', async () => {
    await host.mfa.policies.save('acme', { enabled: false });
    const cookie = await signedInCookie();
    expect((await send('get', '/home', {}, cookie)).status).toBe(200);
    await host.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    for (const [who, headers] of DATA) {
      const answer = await send('get', '/home', headers, cookie);
      expect([who, answer.status, answer.body.outcome]).toEqual([who, 403, 'enroll']);
    }
    await plantApp(host, 'ada');
    for (const path of ['/home', '/pay']) {
      for (const [who, headers] of DATA) {
        const answer = await send('get', path, headers, cookie);
        expect([who, answer.status, answer.body.outcome]).toEqual([who, 401, 'challenge']);
      }
      for (const [who, headers] of PAGES)
        expect([who, (await send('get', path, headers, cookie)).status]).toEqual([who, 303]);
    }
  });

  it('lets nobody in, whatever the headers say', async () => {
    for (const [who, headers] of [...PAGES, ...DATA])
      for (const path of ['/home', '/act', '/pay'])
        expect([who, kindOf(await send('get', path, headers))]).not.toEqual([who, 'neither']);
  });

  it('answers as requireStepUp({ json }) says', async () => {
    await host.mfa.policies.save('acme', { enabled: false });
    const cookie = await signedInCookie('mary');
    host.clock.advance(120_000);
    const headers = { accept: CHROME, ...navigate('document') };
    expect(kindOf(await send('get', '/pay', headers, cookie))).toBe('page');
    expect(kindOf(await send('get', '/pay-as?as=data', headers, cookie))).toBe('data');
    expect(kindOf(await send('get', '/pay-as', { accept: 'application/json' }, cookie))).toBe('page');
  });
});

describe.each(expressMajors)('on Express $major, guard({ json })', ({ express }) => {
  it('answers as the host says', async () => {
    const { app, mfa } = createLoginHost({ express, guard: { json: (req) => req.path.startsWith('/rep') } });
    const ask = (path: string) =>
      request(app)
        .get(path)
        .set({ accept: CHROME, ...navigate('document') });
    expect(kindOf(await ask('/reports'))).toBe('data');
    expect(kindOf(await request(app).get('/home'))).toBe('page');
    await mfa.close();
  });

  it('lets nobody in if the host’s function throws', async () => {
    const broken = new Error('no such user agent');
    const json = () => {
      throw broken;
    };
    const { app, mfa, errors } = createLoginHost({ express, guard: { json } });
    expect((await request(app).get('/home')).status).toBe(500);
    expect(errors).toEqual([broken]);
    await mfa.close();
  });
});

describe.each(expressMajors)('on Express $major, a page of ours', ({ express }) => {
  const host = createLoginHost({ express });
  afterAll(() => host.mfa.close());

  it('is a page unless the request asks for JSON', async () => {
    for (const headers of [
      {},
      { accept: '*/*' },
      { accept: CHROME },
      { accept: CHROME, ...navigate('document') },
    ]) {
      const answer = await request(host.app).get('/mfa/login').set(headers);
      expect([headers, answer.type]).toEqual([headers, 'text/html']);
    }
  });

  it('is JSON for a request that asks for it, and for a script that does not ask for a page', async () => {
    for (const headers of [
      { accept: 'application/json' },
      { accept: 'application/json, text/plain, */*' },
      { accept: '*/*', ...fetched('cors') },
      { accept: '*/*', 'x-requested-with': 'XMLHttpRequest' },
    ]) {
      const answer = await request(host.app).get('/mfa/login').set(headers);
      expect([headers, answer.type]).toEqual([headers, 'application/json']);
    }
  });

  it('answers a form of a script with the next step instead of a redirect', async () => {
    const agent = createHttpAgent(host.app);
    await agent.get('/mfa/login');
    const answer = await agent.post('/mfa/login', CREDENTIALS, { accept: '*/*', ...fetched('cors') });
    expect(answer.body).toMatchObject({ outcome: 'signed-in', next: '/' });
  });
});
