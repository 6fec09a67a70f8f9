import * as fc from 'fast-check';
import { ADMIN_ROUTES, FIELDS, HOST_ROUTES, MEMBER_ROUTES, NASTY, TYPES } from './nasty-words';

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
