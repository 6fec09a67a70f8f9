import { sawOf } from '../crawl';
import type { Finding, Probe } from '../probe';

/** Sessions that begin too early or end too late. */
export const SESSION_PROBES: readonly Probe[] = [
  {
    name: 'kept-after-sign-out',
    asvs: ['7.4.1'],
    sentence: 'After a sign-out the old cookies are worth nothing.',
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
    sentence: 'Cookies from before the sign-in, or from between its steps, are worth nothing after it.',
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
