import type { Probe } from '../probe';
import { sawOf } from '../crawl';

/** Sessions that begin too early or end too late. */
export const SESSION_PROBES: readonly Probe[] = [
  {
    name: 'kept-after-sign-out',
    asvs: ['7.4.1'],
    sentence: 'After a sign-out the old cookies are worth nothing.',
    async run(target) {
      const found = [];
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
];

const isSignOut = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
  (method === 'GET' || method === 'POST') && /(?:log|sign)[-_]?(?:out|off)\b/i.test(path);
