import { Cookie, type SessionData } from 'express-session';
import * as fc from 'fast-check';
import { parse, stringify } from '../../src/stores/redis/sessions';

const constant = {
  httpOnly: fc.constant(true),
  path: fc.constant('/'),
  sameSite: fc.constant('lax'),
};
const own = { httpOnly: true, path: '/', sameSite: 'lax', secure: true } as const;

describe('the text of a session', () => {
  it('is short where the cookie is ours', () => {
    const cookie: Cookie = Object.assign(new Cookie(), own, { maxAge: 60_000 });
    const session = { cookie, passport: { user: 'ada' } } as SessionData;
    expect(stringify(session)).toBe(
      `${cookie.expires?.valueOf().toString(36)}.1aaoS{"passport":{"user":"ada"}}`,
    );
    expect(stringify({ cookie })).toMatch(/^[0-9a-z]{8}\.1aaoS\{\}$/);
  });

  it('says what JSON would, whatever the cookie and whatever else is in it', () => {
    const likeOurs = {
      originalMaxAge: fc.oneof(fc.nat(), fc.constant(null)),
      expires: fc.oneof(fc.date(), fc.constant(null)),
      secure: fc.constantFrom(true, false, 'auto'),
    };
    const cookies = fc.oneof(
      fc.record({ ...likeOurs, ...constant }),
      fc.record({
        ...likeOurs,
        httpOnly: fc.boolean(),
        path: fc.constantFrom('/', '/"}', '/app'),
        sameSite: fc.constantFrom('lax', 'strict', true),
        domain: fc.constantFrom('example.com', '"', undefined),
      }),
    );
    fc.assert(
      fc.property(cookies, fc.dictionary(fc.string(), fc.jsonValue()), (cookie, rest) => {
        const session = { cookie, ...rest } as unknown as SessionData;
        expect(JSON.parse(JSON.stringify(parse(stringify(session))))).toEqual(
          JSON.parse(JSON.stringify(session)),
        );
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    { httpOnly: false },
    { path: '/app' },
    { sameSite: 'strict' },
    { domain: 'example.com' },
    { partitioned: true },
    { priority: 'high' },
    { secure: 'auto' },
    { expires: null },
    { expires: new Date(-1) },
    { originalMaxAge: null },
    { originalMaxAge: 1.5 },
  ] as const)('is JSON where the cookie has %j', (other) => {
    const cookie = { ...own, expires: new Date(60_000), originalMaxAge: 60_000 };
    expect(stringify({ cookie } as unknown as SessionData)).toMatch(/S\{\}$/);
    const session = { cookie: { ...cookie, ...other } } as unknown as SessionData;
    expect(stringify(session)).toBe(JSON.stringify(session));
  });

  it.each([
    [''],
    ['x'],
    ['1.2'],
    ['1.2X{}'],
    ['.1{}'],
    ['1.{}'],
    ['!.1{}'],
    ['zzzzzzzzzzzz.1{}'],
    ['1.zzzzzzzzzzzz{}'],
    ['1.2S{'],
    ['1.2[]'],
  ])('is refused where it is %j', (text) => {
    expect(() => parse(text)).toThrow(/JSON|a session/);
  });
});
