import * as fc from 'fast-check';

/** One request as an attacker might send it. */
export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whose cookie comes along: nobody's, one in the middle of a login, or one that is signed in. */
  readonly as: 'stranger' | 'pending' | 'member' | 'administrator';
  /** Whether the right token comes along. */
  readonly withToken: boolean;
}

const MEMBER_ROUTES = [
  ...['state', 'login', 'logout', 'challenge', 'challenge/factor', 'challenge/resend', 'step-up', 'unlock'],
  ...['enroll', 'enroll/skip', 'enroll/totp', 'enroll/totp/confirm', 'enroll/recovery-codes', 'enroll/done'],
  ...['enroll/sms', 'enroll/sms/confirm', 'enroll/sms/resend', 'enroll/email', 'enroll/email/confirm'],
  ...['settings', 'settings/authenticators/x/rename', 'settings/authenticators/x/remove'],
  ...['settings/recovery-codes', 'settings/remembered-browsers', 'settings/remembered-browsers/x/forget'],
  ...[
    'sessions',
    'sessions/x/end',
    'sessions/end-others',
    'sms-status',
    'assets/express-mfa.css',
    'assets/../x',
  ],
].map((route) => `/mfa/${route}`);
const ADMIN_ROUTES = [
  ...[
    '',
    '/acme',
    '/acme/policy',
    '/acme/policy/preview',
    '/acme/disable',
    '/acme/members',
    '/acme/members.csv',
  ],
  ...['/acme/members/alan', '/acme/members/alan/settings', '/acme/members/alan/exemption'],
  ...['/acme/sessions', '/acme/events', '/acme/events.csv', '/initech', '/__proto__', '/constructor/policy'],
].map((route) => `/admin/mfa${route}`);
const HOST_ROUTES = ['/', '/signup', '/payouts', '/api/ping', '/sso', '/outbox', '/nowhere', '/favicon.ico'];

const NASTY = [
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '../../etc/passwd',
    '%00',
    '%ff',
    '%',
    '%2e%2e%2f',
  ],
  ...[
    "' OR 1=1--",
    '<script>alert(1)</script>',
    '${7*7}',
    '<%= 7*7 %>',
    '{{7*7}}',
    '\u202e',
    '\ud800',
    '＋１２３４５６',
  ],
  ...['-1', '1e309', 'NaN', 'null', 'undefined', '[object Object]', 'true', '0x10', '9'.repeat(400)],
  ...[
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '\r\nSet-Cookie: a=b',
  ],
  ...['a@b.example\r\nBcc: c@d.example', '+442079460018', '+1 900 555 0100', '123456', '000000', 'on', ''],
];
const FIELDS = [
  ...[
    'code',
    'label',
    'phone',
    'email',
    'authenticatorId',
    'username',
    'password',
    'returnTo',
    'rememberBrowser',
  ],
  ...['enabled', 'enrollment', 'methods', 'graceUntil', 'skips', 'sessionDurationSeconds', 'reason', 'until'],
  ...[
    '_csrf',
    '_method',
    'userId',
    'organizationId',
    'confirm',
    'forgetDevices',
    'saved',
    'filter',
    'cursor',
    'q',
  ],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'settings[view options][outputFunctionName]',
    'cache',
    'code[]',
  ],
];
const TYPES = [
  'application/json',
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded; charset=utf-7',
  'application/json; charset=utf-16',
  'multipart/form-data; boundary=x',
  'text/plain',
  'application/octet-stream',
  '',
  'application/json;'.repeat(50),
];

const nasty = fc.oneof(fc.constantFrom(...NASTY), fc.string({ maxLength: 40 }));
const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: nasty },
  { weight: 1, arbitrary: fc.anything({ maxDepth: 2, withBigInt: false, withNullPrototype: false }) },
  { weight: 1, arbitrary: fc.array(nasty, { maxLength: 4 }) },
);
const fields = fc.uniqueArray(fc.tuple(fc.constantFrom(...FIELDS), value), {
  maxLength: 8,
  selector: ([name]) => name,
});

function asForm(pairs: readonly (readonly [string, unknown])[]): string {
  return pairs
    .flatMap(([name, one]) =>
      Array.isArray(one) ? one.map((each): [string, unknown] => [name, each]) : [[name, one] as const],
    )
    .map(([name, one]) => `${encode(name)}=${encode(printed(one))}`)
    .join('&');
}

function printed(one: unknown): string {
  try {
    return String(one);
  } catch {
    return 'unprintable';
  }
}

/** Half of a surrogate pair cannot be encoded. */
function wellFormed(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\ufffd');
}

function encode(text: string): string {
  return encodeURIComponent(wellFormed(text));
}

const body = fc.oneof(
  fields.map((pairs) => JSON.stringify(Object.fromEntries(pairs)) ?? ''),
  fields.map(
    (pairs) =>
      `{${pairs.map(([name, one]) => `${JSON.stringify(name)}:${JSON.stringify(one) ?? 'null'}`).join()}}`,
  ),
  fields.map(asForm),
  fc.string({ maxLength: 200 }),
  fc.constantFrom(
    '{',
    '[]',
    '"123456"',
    'null',
    `${'['.repeat(2000)}${']'.repeat(2000)}`,
    'a'.repeat(20_000),
  ),
  fc
    .integer({ min: 100, max: 3000 })
    .map((count) => Array.from({ length: count }, (_, at) => `p${at}=1`).join('&')),
);

const path = fc
  .tuple(
    fc.constantFrom(...MEMBER_ROUTES, ...MEMBER_ROUTES, ...ADMIN_ROUTES, ...HOST_ROUTES),
    fc.option(nasty, { freq: 3, nil: undefined }),
    fc.option(fc.tuple(fc.constantFrom(...FIELDS), nasty), { nil: undefined }),
    fc.constantFrom('none', 'none', 'none', 'upper', 'double', 'dots', 'slash', 'semicolon'),
  )
  .map(([route, suffix, query, trick]) => {
    const tricked = {
      none: route,
      upper: route.toUpperCase(),
      double: `/${route}`,
      dots: `${route}/../${route.slice(1)}`,
      slash: `${route}/`,
      semicolon: `${route};x=1`,
    }[trick];
    const more = suffix === undefined ? '' : `/${raw(suffix)}`;
    const asked = query === undefined ? '' : `?${encode(query[0])}=${raw(query[1])}`;
    return `${tricked}${more}${asked}`;
  });

/** As raw as a request line may be: percent signs stay as they are, right or wrong. */
function raw(text: string): string {
  return wellFormed(text)
    .replaceAll(/[^\x21-\x7e]|[#?]/gu, (unit) => encodeURIComponent(unit))
    .slice(0, 500);
}

/** What our own pages' scripts send: the fields then reach the code behind the form. */
const plainHeaders = fc
  .tuple(
    fc.constantFrom('text/html', 'application/json'),
    fc.constantFrom('application/json', 'application/x-www-form-urlencoded'),
  )
  .map(([accept, type]) => ({ accept, 'content-type': type }));

const oddHeaders = fc
  .record({
    accept: fc.constantFrom(
      'text/html',
      'application/json',
      '*/*',
      '',
      'application/json;q=x',
      'a'.repeat(500),
    ),
    'content-type': fc.constantFrom(...TYPES),
    host: fc.constantFrom('localhost', 'evil.example', '', 'a'.repeat(300)),
    origin: fc.constantFrom('https://evil.example', 'null', ''),
    'sec-fetch-site': fc.constantFrom('same-origin', 'cross-site', 'none', ''),
    'x-forwarded-for': fc.constantFrom('1.2.3.4', '::1, x', 'a'.repeat(200), ''),
    'x-forwarded-host': fc.constantFrom('evil.example', ''),
    'x-http-method-override': fc.constantFrom('DELETE', 'POST', ''),
    'user-agent': fc.constantFrom('Mozilla/5.0', '', '<script>', 'a'.repeat(2000)),
    'accept-language': fc.constantFrom('en', '*', '__proto__', ''),
    authorization: fc.constantFrom('', 'Basic', 'Basic Og==', `Basic ${'A'.repeat(400)}`, 'Bearer x'),
    cookie: fc.constantFrom(
      '',
      'session=s%3Afake.fake',
      'session=',
      `a=${'b'.repeat(2000)}`,
      '%=%; __proto__=x',
    ),
    'content-encoding': fc.constantFrom('', '', '', 'gzip', 'br', 'x'),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, text]) => text !== '')));

/** The same requests for the same seed. */
export function hostileRequests(count: number, seed: number): readonly HostileRequest[] {
  const request: fc.Arbitrary<HostileRequest> = fc.record({
    method: fc.constantFrom(
      'GET',
      'POST',
      'POST',
      'POST',
      'PUT',
      'DELETE',
      'PATCH',
      'OPTIONS',
      'HEAD',
      'PROPFIND',
    ),
    path,
    headers: fc.oneof(plainHeaders, oddHeaders),
    body,
    as: fc.constantFrom('stranger', 'pending', 'member', 'administrator'),
    withToken: fc.boolean(),
  });
  return fc.sample(request, { numRuns: count, seed });
}
