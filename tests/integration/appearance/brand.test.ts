import request from 'supertest';
import { createPortal } from '../../support/portal';

describe('a host’s brand', () => {
  const portal = createPortal({
    brand: {
      logoUrl: 'https://cdn.acme.example/logo.svg',
      faviconUrl: '/favicon.png',
      accent: '#0b6e4f',
      supportUrl: 'mailto:help@acme.example',
    },
    stylesheet: '/theme.css',
    signInLinks: [{ label: 'Forgot <your> password?', url: '/forgot' }],
  });
  const signInPage = () => request(portal.app).get('/mfa/login').set('accept', 'text/html');

  it('is on every page: logo, icon, help and, after ours, its stylesheets', async () => {
    const { text } = await signInPage();
    expect(text).toContain('<img class="brand-logo" src="https://cdn.acme.example/logo.svg" alt=""');
    expect(text).toContain('<link rel="icon" href="/favicon.png">');
    expect(text).toContain('<a href="mailto:help@acme.example">Contact support</a>');
    const sheets = [...text.matchAll(/<link rel="stylesheet" href="([^"]+)">/g)].map(([, path]) => path);
    expect(sheets.slice(-2)).toEqual(['/mfa/assets/brand.css', '/theme.css']);
  });

  it('serves its accent as a stylesheet, so that nothing inline has to be allowed', async () => {
    const sheet = await request(portal.app).get('/mfa/assets/brand.css');
    expect(sheet.status).toBe(200);
    expect(sheet.headers['content-type']).toContain('text/css');
    expect(sheet.text).toContain('--mfa-accent: #0b6e4f');
  });

  it('allows images from the logo’s origin, and nothing else from there', async () => {
    const policy = (await signInPage()).headers['content-security-policy'] ?? '';
    expect(policy).toContain("img-src 'self' https://cdn.acme.example;");
    expect(policy.replace(/img-src [^;]*/, '')).not.toContain('cdn.acme.example');
  });

  it('has its links below the sign-in form, escaped', async () => {
    expect((await signInPage()).text).toContain('<a href="/forgot">Forgot &lt;your&gt; password?</a>');
  });
});

describe('a host without a brand', () => {
  const portal = createPortal();

  it('has our mark, icon and colours, and no help link', async () => {
    const { text, headers } = await request(portal.app).get('/mfa/login').set('accept', 'text/html');
    expect(text).toContain('class="brand-mark"');
    expect(text).toContain('/mfa/assets/icon.svg');
    expect(text).not.toContain('Contact support');
    expect(text).not.toContain('sign-in-links');
    expect(headers['content-security-policy']).toContain("img-src 'self';");
    expect((await request(portal.app).get('/mfa/assets/brand.css')).status).toBe(404);
  });
});
