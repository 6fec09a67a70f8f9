import { refusal, resolve } from './given-options';

describe('baseUrl', () => {
  it.each([
    [
      'https://portal.acme.example/',
      { baseUrl: 'https://portal.acme.example', host: 'portal.acme.example', secure: true },
    ],
    [
      'https://portal.acme.example:8443',
      { baseUrl: 'https://portal.acme.example:8443', host: 'portal.acme.example' },
    ],
    ['http://localhost:3000', { baseUrl: 'http://localhost:3000', host: 'localhost', secure: false }],
    ['https://acme.example/portal/', { baseUrl: 'https://acme.example', publicPrefix: '/portal' }],
    ['http://127.0.0.1:3000', { secure: false, publicPrefix: '' }],
    ['http://[::1]:3000', { secure: false }],
    [new URL('https://portal.acme.example'), { baseUrl: 'https://portal.acme.example' }],
  ])('takes %s', (baseUrl, expected) => {
    expect(resolve({ baseUrl })).toMatchObject(expected);
  });

  it.each([
    'portal.acme.example',
    'ftp://portal.acme.example',
    'http://portal.acme.example',
    'http://localhost.elsewhere.example',
    'https://portal.acme.example//app',
    'https://portal.acme.example/app?a=1',
    'https://portal.acme.example/?',
    'https://portal.acme.example/#top',
    'javascript:alert(1)',
  ])('refuses %s', (baseUrl) => {
    expect(refusal({ baseUrl }).option).toBe('baseUrl');
  });

  it('stands before every path, once', () => {
    const baseUrl = 'https://acme.example/portal';
    expect(resolve({ baseUrl })).toMatchObject({
      pagesPath: '/portal/mfa',
      adminPath: '/portal/admin/mfa',
      loginPath: '/portal/mfa/login',
      defaultReturnTo: '/portal/',
    });
    const paths = { pagesPath: '/portal/2fa', loginPath: '/portalx/login?a=1', defaultReturnTo: '/portal' };
    expect(resolve({ baseUrl, ...paths })).toMatchObject({
      pagesPath: '/portal/2fa',
      loginPath: '/portal/portalx/login?a=1',
      defaultReturnTo: '/portal',
    });
  });

  it('is accepted over plain http only by name', () => {
    const baseUrl = 'http://portal.acme.example';
    expect(resolve({ baseUrl, dangerouslyAllowInsecureBaseUrl: true })).toMatchObject({
      baseUrl,
      secure: false,
    });
    expect(
      refusal({ baseUrl: 'ftp://portal.acme.example', dangerouslyAllowInsecureBaseUrl: true }).option,
    ).toBe('baseUrl');
  });
});
