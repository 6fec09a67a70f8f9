import type { AttackRequest } from '../browser';
import { tryAll, tryInStates } from '../crawl';
import type { AttackTarget, Probe } from '../probe';
import type { AttackState } from '../states';

/** Anonymous, in a pending login, and in a session without a second factor. */
const UNPROVEN: readonly AttackState[] = ['anonymous', 'pending', 'unproven'];

export const REACH_PROBES: readonly Probe[] = [
  {
    name: 'unguarded-route',
    asvs: ['6.3.3', '8.2.1'],
    sentence: 'Before the second factor, and after the session has ended, only public routes can be read.',
    run: (target) => tryInStates(target, [...UNPROVEN, 'must-enroll', 'signed-out'], readingEach(target)),
  },
  {
    name: 'unchecked-method',
    asvs: ['4.1.4', '8.2.1'],
    sentence: 'A path that is refused to GET is refused to every other method.',
    async run(target) {
      const reached = await tryAll(target, 'anonymous', readingEach(target));
      const readable = new Set(reached.map(({ request }) => request.path));
      const refused = readingEach(target).filter(({ path }) => !readable.has(path) && !target.isOwn(path));
      return tryInStates(target, UNPROVEN, refused.flatMap(withOtherMethods));
    },
  },
  {
    name: 'other-spelling',
    asvs: ['8.2.1'],
    sentence: 'A guarded page is refused however its path is spelled and whatever format is requested.',
    run: (target) => tryInStates(target, ['anonymous', 'pending'], target.inside.flatMap(otherSpellings)),
  },
  {
    name: 'weak-step-up',
    asvs: ['7.5.3'],
    sentence: 'A route with `requireStepUp` is refused to a remembered browser and to an exempt account.',
    run: (target) =>
      tryInStates(
        target,
        ['remembered', 'exempt'],
        target.guarded.filter(({ asksStepUp }) => asksStepUp).map(({ method, path }) => ({ method, path })),
      ),
  },
  {
    name: 'user-before-second-step',
    asvs: ['2.3.1', '6.3.3'],
    sentence: 'Before the second factor `req.user` is not set.',
    async run(target) {
      const browser = await target.enter('pending');
      const paths = new Set([...target.guarded, ...target.open].map(({ path }) => path));
      const found = [];
      for (const path of paths) {
        const { user } = await browser.try({ path });
        if (user !== undefined && user !== null)
          found.push({ request: `GET ${path}`, saw: 'req.user was set' });
      }
      return found;
    },
  },
];

const readingEach = ({ guarded }: AttackTarget): readonly AttackRequest[] =>
  [...new Set(guarded.map(({ path }) => path))].map((path) => ({ path }));

/** Includes a POST that stands for another method, which method-override reads from a header. */
const withOtherMethods = ({ path }: AttackRequest): readonly AttackRequest[] => [
  ...['HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => ({ method, path })),
  { method: 'POST', path, headers: { 'x-http-method-override': 'GET' } },
];

/** Spellings that `app.use` treats as the same path, and some that it may treat as another. */
function otherSpellings(path: string): readonly AttackRequest[] {
  const [first = '', ...rest] = path.slice(1);
  const encoded = first === '' ? path : `/%${first.charCodeAt(0).toString(16)}${rest.join('')}`;
  const paths = [
    `${path}/`,
    path.toUpperCase(),
    `/${path}`,
    `/.${path}`,
    encoded,
    `${path}%2f`,
    `${path};a=1`,
    `${path}?returnTo=/mfa/login`,
    `/mfa/login/..${path}`,
    `/logout/..${path}`,
  ];
  const headers = [
    { accept: 'application/json' },
    { accept: '*/*' },
    { accept: 'image/png' },
    { 'x-requested-with': 'XMLHttpRequest' },
    { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' },
    { authorization: 'Bearer 1' },
    { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1' },
  ];
  return [
    ...paths.map((spelling) => ({ path: spelling })),
    ...headers.map((sent) => ({ path, headers: sent })),
  ];
}
