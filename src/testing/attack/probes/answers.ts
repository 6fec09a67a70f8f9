import type { AttackAnswer, AttackBrowser, AttackRequest } from '../browser';
import { nameOf, sawOf } from '../crawl';
import type { AttackTarget, Finding, Probe } from '../probe';

export const ANSWER_PROBES: readonly Probe[] = [
  {
    name: 'open-redirect',
    asvs: ['3.7.2'],
    sentence: 'No URL in a link or form redirects to another site.',
    async run(target) {
      const found: Finding[] = [];
      let pages = await pagesFor(target, {});
      for (const elsewhere of ELSEWHERE) {
        const answered = await openWith(pages, elsewhere);
        found.push(
          ...answered.flatMap(({ page, answer }) =>
            findRedirectAway(nameOf(page.request), answer, elsewhere),
          ),
        );
        // A page that refuses one spelling may accept another.
        pages = answered
          .filter(({ answer }) => answer.headers.location !== undefined)
          .map(({ page }) => page);
        for (const answer of await signInWith(target, elsewhere))
          found.push(...findRedirectAway('a sign-in', answer, elsewhere));
      }
      return found;
    },
  },
  {
    name: 'host-header',
    asvs: ['4.1.3'],
    sentence: 'No link, redirect or message contains a host name from the request.',
    async run(target) {
      const found: Finding[] = [];
      for (const headers of [{ host: ATTACKER }, FORWARDED]) {
        const sentBefore = (await target.messages()).length;
        for (const { browser, request } of await pagesFor(target, headers)) {
          const answer = await browser.try(request);
          const answered = `${answer.headers.location ?? ''} ${answer.text}`;
          if (answered.includes(ATTACKER))
            found.push({ request: nameOf(request), saw: `it holds ${ATTACKER}` });
        }
        const sent = (await target.messages()).slice(sentBefore);
        const caught = sent.filter(({ text }) => text.includes(ATTACKER));
        found.push(
          ...caught.map(({ to }) => ({ request: `a message to ${to}`, saw: `it holds ${ATTACKER}` })),
        );
      }
      return distinct(found);
    },
  },
  {
    name: 'cached-page',
    asvs: ['14.3.2'],
    sentence: 'No cache keeps a page of a signed-in person.',
    async run(target) {
      const browser = await target.enter('signed-in');
      const found: Finding[] = [];
      for (const path of target.inside) {
        const { headers } = await browser.try({ path });
        const allowed = cachingOf(headers);
        if (allowed !== null) found.push({ request: `GET ${path}`, saw: allowed });
      }
      return found;
    },
  },
  {
    name: 'enumeration',
    asvs: ['6.3.8'],
    sentence: 'A wrong password gets the same answer whether or not the account exists.',
    async run(target) {
      const { username } = target.person;
      const at = username.indexOf('@');
      const nobody = `nobody-7f3a${at < 0 ? '' : username.slice(at)}`;
      const known = await describeAnswer(await target.attempt({ username, password: WRONG }), username);
      const unknown = await describeAnswer(
        await target.attempt({ username: nobody, password: WRONG }),
        nobody,
      );
      if (known === null || known === unknown) return [];
      return [{ request: 'a wrong password', saw: `${known} for an account, and ${unknown} for none` }];
    },
  },
];

const ATTACKER = 'attacker.example';
const WRONG = 'certainly not the password';

const FORWARDED = {
  'x-forwarded-host': ATTACKER,
  'x-forwarded-server': ATTACKER,
  'x-original-host': ATTACKER,
  forwarded: `host=${ATTACKER}`,
};

/** Spellings of a URL of another site. Some of them only browsers read as such. */
const ELSEWHERE = [`https://${ATTACKER}/`, `//${ATTACKER}/`, `/\\${ATTACKER}/`, `/\t/${ATTACKER}/`];

const TARGETS = [
  'returnTo',
  'return_to',
  'returnUrl',
  'next',
  'continue',
  'redirect',
  'redirect_uri',
  'redirectTo',
  'url',
  'goto',
  'to',
];

const fieldsTo = (elsewhere: string) => Object.fromEntries(TARGETS.map((name) => [name, elsewhere]));

function findRedirectAway(request: string, answer: AttackAnswer, elsewhere: string): readonly Finding[] {
  const { location } = answer.headers;
  if (location === undefined || new URL(location, 'http://app.invalid').hostname !== ATTACKER) return [];
  return [{ request: `${request} to ${JSON.stringify(elsewhere)}`, saw: sawOf(answer) }];
}

async function openWith(
  pages: readonly AttackPage[],
  elsewhere: string,
): Promise<readonly { readonly page: AttackPage; readonly answer: AttackAnswer }[]> {
  const query = new URLSearchParams(fieldsTo(elsewhere)).toString();
  const answered = [];
  for (const page of pages.filter(({ request }) => request.method !== 'POST')) {
    const answer = await page.browser.try({ ...page.request, path: `${page.request.path}?${query}` });
    answered.push({ page, answer });
  }
  return answered;
}

/** The answers to both steps of a sign-in whose forms contain the URL. */
async function signInWith(target: AttackTarget, elsewhere: string): Promise<readonly AttackAnswer[]> {
  await target.enter('pending');
  const browser = await target.signIn({ extraFields: fieldsTo(elsewhere) });
  const first = browser.lastPost;
  const second = await target.answer(browser, { code: target.code() });
  return first === undefined ? [second] : [first, second];
}

interface AttackPage {
  readonly browser: AttackBrowser;
  readonly request: AttackRequest;
}

async function pagesFor(
  target: AttackTarget,
  headers: Readonly<Record<string, string>>,
): Promise<readonly AttackPage[]> {
  const { username } = target.person;
  const member = await target.enter('signed-in');
  const stranger = target.visit();
  const form = await stranger.form({ username, email: username });
  const isPost = ({ method }: { readonly method: string }) => method === 'POST';
  const isGet = ({ method }: { readonly method: string }) => method === 'GET';
  const own = ['/login', '/challenge', '/unlock'].map((path) => `${target.pagesPath}${path}`);
  const inside = target.guarded.filter(isGet).map(({ path }) => path);
  const open = target.open.filter(isGet).map(({ path }) => path);
  return [
    ...[...own, ...inside].map((path) => ({ browser: member, request: { path, headers } })),
    ...[...own, ...open, ...target.inside].map((path) => ({ browser: stranger, request: { path, headers } })),
    ...target.open.filter(isPost).map(({ path }) => ({
      browser: stranger,
      request: { method: 'POST', path, ...form, headers: { ...form.headers, ...headers } },
    })),
  ];
}

/** The header that allows caches to store the answer; null if there is none. */
function cachingOf(headers: AttackAnswer['headers']): string | null {
  const control = headers['cache-control'] ?? '';
  if (/\b(?:no-store|no-cache)\b/i.test(control)) return null;
  if (/\bpublic\b|\b(?:s-)?max-age\s*=\s*"?[1-9]/i.test(control)) return `Cache-Control: ${control}`;
  const { expires } = headers;
  return control === '' && expires !== undefined && Date.parse(expires) > Date.now()
    ? `Expires: ${expires}`
    : null;
}

/** The answer to a refused sign-in as the visitor sees it, without the name and without values that differ each time. */
async function describeAnswer(browser: AttackBrowser, username: string): Promise<string | null> {
  const answer = browser.lastPost;
  if (answer === undefined) return null;
  const { location } = answer.headers;
  const shown = location?.startsWith('/') === true ? (await browser.get(location)).text : answer.text;
  const text = shown
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(username, '…')
    .replaceAll(/[\w-]{20,}|\d+/g, '…')
    .replaceAll(/\s+/g, ' ');
  return JSON.stringify([
    answer.status,
    location?.replaceAll(encodeURIComponent(username), '…') ?? null,
    text.slice(0, 2000),
  ]);
}

const distinct = (findings: readonly Finding[]): readonly Finding[] => [
  ...new Map(findings.map((finding) => [finding.request, finding])).values(),
];
