import type { ListedRoute } from '../../../support/route-inventory';

// What is asked at each route, in the words of the decision. A route that is added later stands behind the strictest door of
// its part of the app until somebody says otherwise here.

export type Door = (typeof DOORS)[number][0];

/** The first that fits. */
const DOORS = [
  [
    'open',
    /^\w+ \/(?:mfa\/(?:assets\/\*|state|login|logout|unlock)|signup(?:\/verify)?|sso|outbox(?:\.json)?)$/,
  ],
  ['password-api', /^GET \/api\/ping$/],
  ['challenge', /^\w+ \/mfa\/challenge(?:\/factor|\/resend)?$/],
  ['step-up', /^\w+ \/mfa\/step-up$/],
  ['unlock', /^\w+ \/mfa\/unlock\/challenge$/],
  ['skip', /^POST \/mfa\/enroll\/skip$/],
  ['recovery-codes', /^\w+ \/mfa\/enroll\/(?:recovery-codes(?:\/download)?|done)$/],
  ['confirm', /^POST \/mfa\/enroll\/\w+\/confirm$/],
  ['offer', /^GET \/mfa\/enroll$/],
  ['enroll', /^\w+ \/mfa\/enroll\//],
  ['change', /^POST \/mfa\/settings\/(?:authenticators\/|recovery-codes$)/],
  ['own', /^\w+ \/mfa\//],
  ['organizations', /^GET \/admin\/mfa$/],
  ['admin', /^(?:GET .*|POST .*\/preview)(?<=^\w+ \/admin\/mfa\/.*)$/],
  ['admin-change', /^\w+ \/admin\/mfa/],
  ['payouts', /^\w+ \/payouts$/],
  ['portal', /^/],
] as const satisfies readonly (readonly [string, RegExp])[];

export const doorOf = (method: string, path: string): Door =>
  DOORS.find(([, pattern]) => pattern.test(`${method} ${path}`))?.[0] ?? 'portal';

/**
 * `reach`: the route does its work. `lead-on`: it says where the visitor stands and does nothing. Anything else is a refusal:
 * status, outcome and reason, as in JSON.
 */
export type Answer = 'reach' | 'lead-on' | 'options' | `${number} ${string} ${string}`;

/** What a visitor in one state gets at each door, `else` at those that are not listed, `named` at single routes. */
export type Reach = Readonly<Partial<Record<Door, Answer>>> & {
  readonly else: Answer;
  readonly named?: Readonly<Record<string, Answer>>;
};

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PURGE'] as const;
export type Method = (typeof METHODS)[number];

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
export const isSafe = (method: Method): boolean => SAFE.has(method);

const isOurs = (path: string): boolean => /^\/(?:admin\/)?mfa(?:\/|$)/.test(path);
/** The app has an IP address, for which browsers have no passkeys. Whoever may enroll gets these answers. */
const hasNoPasskeys = (path: string): boolean => path.startsWith('/mfa/enroll/passkey');
const NOT_OFFERED: ReadonlyMap<Door, Answer> = new Map<Door, Answer>([
  ['enroll', '403 rejected method-not-offered'],
  ['confirm', '401 rejected session-ended'],
]);

const isAboveTheGuard = (path: string): boolean => /^\/(?:signup|sso|outbox)/.test(path);

/** What the table of a state says of one request. */
export function expectedAnswer(
  reach: Reach,
  { path, methods }: ListedRoute,
  {
    method,
    accept,
    withToken,
  }: { readonly method: Method; readonly accept: 'html' | 'json'; readonly withToken: boolean },
): Answer {
  const asked = method === 'HEAD' ? 'GET' : method;
  const isServed = methods.includes(asked);
  const isForged = !isSafe(method) && !withToken;
  if (isForged && isOurs(path)) return '403 rejected csrf-token-refused';
  if (!isServed && isOurs(path)) return '404 rejected not-found';
  if (!isServed && isAboveTheGuard(path) && method === 'OPTIONS') return 'options';
  if (isServed && isForged && isAboveTheGuard(path)) return '403 failed csrf-token-refused';
  const permission = isServed ? doorOf(asked, path) : 'portal';
  const named = `${asked} ${path}`;
  const single = reach.named?.[`${named} as ${accept}`] ?? reach.named?.[named];
  const answer = single ?? reach[permission] ?? reach.else;
  if (isServed && answer === 'reach' && hasNoPasskeys(path)) return NOT_OFFERED.get(permission) ?? answer;
  if (isServed || answer !== 'reach') return answer;
  return method === 'OPTIONS' ? 'options' : '404 failed not-found';
}
