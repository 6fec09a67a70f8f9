import { tryAll, tryInStates } from '../crawl';
import type { AttackRequest } from '../browser';
import type { Probe } from '../probe';
import { REFUSED_STATES } from '../states';
import type { AttackTarget } from '../target';

/** Routes that are reached before the second factor. */
export const REACH_PROBES: readonly Probe[] = [
  {
    name: 'unguarded-route',
    asvs: ['6.3.3', '8.2.1'],
    sentence:
      'Before the second factor, and after the session has ended, nobody reads more than public routes.',
    run: (target) => tryInStates(target, REFUSED_STATES, readingEach(target)),
  },
  {
    name: 'unchecked-method',
    asvs: ['4.1.4', '8.2.1'],
    sentence: 'A path that is refused to GET is refused to every other method.',
    async run(target) {
      const reached = await tryAll(target, 'anonymous', readingEach(target));
      const readable = new Set(reached.map(({ request }) => request.path));
      const refused = readingEach(target).filter(({ path }) => !readable.has(path) && !target.isOwn(path));
      return tryInStates(target, REFUSED_STATES, refused.flatMap(withOtherMethods));
    },
  },
];

const readingEach = ({ guarded }: AttackTarget): readonly AttackRequest[] =>
  [...new Set(guarded.map(({ path }) => path))].map((path) => ({ path }));

/** Also a POST that means another method, as method-override reads it from a header. */
const withOtherMethods = ({ path }: AttackRequest): readonly AttackRequest[] => [
  ...['HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => ({ method, path })),
  { method: 'POST', path, headers: { 'x-http-method-override': 'GET' } },
];
