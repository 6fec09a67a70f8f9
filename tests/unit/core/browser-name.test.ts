import { browserName } from '../../../src/core/text/browser-name';

describe('browserName', () => {
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
      'Safari on iOS',
    ],
    ['(X11; Linux x86_64)', 'an unknown browser on Linux'],
    ['Firefox/140.0', 'Firefox'],
    ['Nobody', 'an unknown browser'],
    ['', 'an unknown browser'],
  ])('names %j', (userAgent, name) => {
    expect(browserName(userAgent)).toBe(name);
  });

  it.each([
    '<script>alert(1)</script>/1.0 x',
    'curl\r\n{"event":"signed-in"}/1',
    '/',
    'x'.repeat(100_000),
    'Visit evil.example/1.0 (X11)',
    'Call 555 1234 now/1.0 x',
  ])('passes nothing on that a visitor made up', (userAgent) => {
    expect(browserName(userAgent)).toMatch(/^an unknown browser( on Linux)?$/);
  });

  it('reads the beginning of a header, however long it is', () => {
    expect(browserName(`${' '.repeat(393)}Firefox`)).toBe('Firefox');
    expect(browserName(`${' '.repeat(394)}Firefox`)).toBe('an unknown browser');
  });
});
