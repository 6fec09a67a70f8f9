import { isSafe, sawOf } from '../crawl';
import type { Finding, Probe } from '../probe';

export const REQUEST_PROBES: readonly Probe[] = [
  {
    name: 'csrf',
    asvs: ['3.5.1'],
    sentence: 'A form on another site changes nothing.',
    async run(target) {
      const found: Finding[] = [];
      let browser = await target.enter('signed-in');
      const signOut = { method: 'POST', path: `${target.pagesPath}/logout`, ...FOREIGN_FORM };
      const signedOut = await browser.send(signOut);
      if (!(await target.isInside(browser))) {
        found.push({ request: `POST ${signOut.path}`, saw: `${sawOf(signedOut)} and signed out` });
        browser = await target.enter('signed-in');
      }
      for (const { method, path } of target.guarded.filter(
        (route) => !isSafe(route) && !target.isOwn(route.path),
      )) {
        const request = { method, path, ...FOREIGN_FORM };
        const answer = await browser.try(request);
        if (!target.isReached(request, answer)) continue;
        found.push({ request: `${method} ${path}`, saw: sawOf(answer) });
        browser = await target.enter('signed-in');
      }
      return found;
    },
  },
  {
    name: 'changing-get',
    asvs: ['3.5.3'],
    sentence: 'GET signs nobody out, changes no method and sends nothing.',
    async run(target) {
      const found: Finding[] = [];
      const routes = [...target.guarded, ...target.open].filter(({ method }) => method === 'GET');
      let browser = await target.enter('signed-in');
      for (const path of new Set(routes.map((route) => route.path))) {
        const before = { factors: await target.factors(), messages: (await target.messages()).length };
        const answer = await browser.try({ path });
        const effects = [
          (await target.isInside(browser)) ? '' : 'signed out',
          (await target.factors()) === before.factors ? '' : 'changed the methods of the person',
          (await target.messages()).length === before.messages ? '' : 'sent a message',
        ].filter((effect) => effect !== '');
        if (effects.length === 0) continue;
        found.push({ request: `GET ${path}`, saw: `${sawOf(answer)} and ${effects.join(', ')}` });
        browser = await target.enter('signed-in');
      }
      return found;
    },
  },
  {
    name: 'code-in-address',
    asvs: ['3.5.3', '14.2.1'],
    sentence: 'A code in the URL of a page is not accepted.',
    async run(target) {
      const browser = await target.enter('pending');
      const path = `${target.pagesPath}/challenge?code=${target.code()}`;
      const answer = await browser.get(path);
      return (await target.isInside(browser))
        ? [{ request: 'GET with the right code', saw: sawOf(answer) }]
        : [];
    },
  },
];

/** The request of a browser without Fetch Metadata: no token, and the origin of the other site. */
const FOREIGN_FORM = {
  headers: {
    'content-type': 'application/x-www-form-urlencoded',
    origin: 'https://attacker.example',
    referer: 'https://attacker.example/',
  },
  body: 'a=1',
};

export const SESSION_PROBES: readonly Probe[] = [
  {
    name: 'kept-after-sign-out',
    asvs: ['7.4.1'],
    sentence: 'After a sign-out, the old cookies no longer work.',
    async run(target) {
      const found: Finding[] = [];
      const own = { method: 'POST', path: `${target.pagesPath}/logout` };
      for (const { method, path } of [own, ...[...target.guarded, ...target.open].filter(isSignOut)]) {
        const browser = await target.enter('signed-in');
        const before = browser.clone();
        const answer = await (method === 'GET' ? browser.get(path) : browser.post(path));
        if (answer.status < 400 && (await target.isInside(before)))
          found.push({
            request: `${method} ${path}`,
            saw: `${sawOf(answer)}, and the old cookies still open pages`,
          });
      }
      return found;
    },
  },
  {
    name: 'kept-after-end',
    asvs: ['7.4.1'],
    sentence: 'Once a session is ended on the server, its next request is refused.',
    async run(target) {
      const browser = await target.enter('signed-in');
      await target.isInside(browser);
      await target.endSessions();
      if (!(await target.isInside(browser))) return [];
      return [{ request: 'a page after the session was ended', saw: 'it was let in' }];
    },
  },
  {
    name: 'kept-session-id',
    asvs: ['7.2.4'],
    sentence: 'Cookies from before the sign-in, or from between its steps, do not work after it.',
    async run(target) {
      await target.enter('pending');
      const browser = target.visit();
      await browser.get(`${target.pagesPath}/login`);
      const before = browser.clone();
      await target.firstStep(browser);
      const between = browser.clone();
      await target.answer(browser, { code: target.code() });
      await target.isInside(browser);
      const found: Finding[] = [];
      if (await target.isInside(before))
        found.push({ request: 'cookies from before the sign-in', saw: 'they open pages' });
      if (await target.isInside(between))
        found.push({ request: 'cookies from between the steps', saw: 'they open pages' });
      return found;
    },
  },
  {
    name: 'kept-decision',
    asvs: ['8.3.2'],
    sentence: 'When an exemption ends, the next request is refused.',
    async run(target) {
      const browser = await target.enter('exempt');
      const wasInside = await target.isInside(browser);
      await target.endExemption();
      if (!wasInside || !(await target.isInside(browser))) return [];
      return [{ request: 'a page after the exemption has ended', saw: 'it was let in' }];
    },
  },
];

const isSignOut = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
  (method === 'GET' || method === 'POST') && /(?:log|sign)[-_]?(?:out|off)\b/i.test(path);
