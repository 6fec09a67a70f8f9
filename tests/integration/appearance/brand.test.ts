import request from 'supertest';
import type { Brand, EmailMessage } from '../../../src/index';
import { addPerson, enrollApp, visit, type Member } from '../../support/member';
import { createSettingsPortal, giveApp, signInWithApp } from '../../support/own-factors';
import { createPortal, type Portal } from '../../support/portal';

const signInPage = ({ app }: Portal) => request(app).get('/mfa/login').set('accept', 'text/html');

const sheetsOf = (page: string) =>
  [...page.matchAll(/<link rel="stylesheet" href="([^"]+)">/g)].map(([, path]) => path);

const titleOf = (page: string) => /<title>([^<]*)</.exec(page)?.[1];

const imagesOf = (headers: Readonly<Record<string, unknown>>) =>
  /img-src ([^;]*)/.exec(String(headers['content-security-policy']))?.[1];

describe('a host’s brand', () => {
  const portal = createPortal({
    brand: {
      logoUrl: 'https://cdn.acme.example/logo.svg',
      faviconUrl: '/favicon.png',
      accent: '#0b6e4f',
      supportUrl: 'mailto:help@acme.example',
      helpLinks: [{ label: 'Terms & privacy', url: '/privacy' }],
    },
    stylesheet: '/theme.css',
    signInLinks: [{ label: 'Forgot <your> password?', url: '/forgot' }],
  });

  it('is on every page: logo, icon, help and, after ours, its stylesheets', async () => {
    const { text } = await signInPage(portal);
    expect(text).toContain('<img class="brand-logo" src="https://cdn.acme.example/logo.svg" alt=""');
    expect(text).toContain('<link rel="icon" href="/favicon.png">');
    expect(text).toContain('<a href="mailto:help@acme.example">Contact support</a>');
    expect(text).toContain('<a href="/privacy">Terms &amp; privacy</a>');
    expect(sheetsOf(text).slice(-2)).toEqual([
      expect.stringMatching(/^\/mfa\/assets\/brand\/0b6e4f-[0-9a-f]{6}\.css$/),
      '/theme.css',
    ]);
  });

  it('serves its accent as a stylesheet, so that nothing inline has to be allowed', async () => {
    const sheet = await request(portal.app).get('/mfa/assets/brand/0b6e4f-5fd0a6.css');
    expect(sheet.status).toBe(200);
    expect(sheet.headers).toMatchObject({
      'content-type': expect.stringContaining('text/css'),
      'cache-control': 'public, max-age=3600',
    });
    expect(sheet.headers).not.toHaveProperty('set-cookie');
    const [light, dark] = sheet.text.split('@media (prefers-color-scheme: dark)');
    expect(light).toContain('--mfa-accent: #0b6e4f;');
    expect(dark).toContain('--mfa-accent: #5fd0a6;');
  });

  it('serves its accent to readers only', async () => {
    const posted = await request(portal.app).post('/mfa/assets/brand/0b6e4f-5fd0a6.css');
    expect(posted.text).not.toContain('--mfa-accent');
  });

  it.each([
    '/brand.css',
    '/brand/0b6e4f.css',
    '/brand/0b6e4f-red.css',
    '/brand/0b6e4f-5fd0a6%7Dbody%7B.css',
    '/brand/0b6e4f-5fd0a6;x.css',
    '/brand/%2e%2e/0b6e4f-5fd0a6.css',
    '/brand/0b6e4f-5fd0a6.css/acme',
  ])('serves no stylesheet for what is not two colours: %s', async (path) => {
    expect((await request(portal.app).get(`/mfa/assets${path}`)).status).toBe(404);
  });

  it('allows images from the logo’s origin, and nothing else from there', async () => {
    const { headers } = await signInPage(portal);
    expect(imagesOf(headers)).toBe("'self' https://cdn.acme.example");
    const policy = headers['content-security-policy'] ?? '';
    expect(policy.replace(/img-src [^;]*/, '')).not.toContain('cdn.acme.example');
  });

  it('has its links below the sign-in form, escaped', async () => {
    expect((await signInPage(portal)).text).toContain('<a href="/forgot">Forgot &lt;your&gt; password?</a>');
  });
});

describe('a host without a brand', () => {
  const portal = createPortal();

  it('has our mark, icon and colours, and no help link', async () => {
    const { text, headers } = await signInPage(portal);
    expect(text).toContain('class="brand-mark"');
    expect(text).toContain('/mfa/assets/icon.svg');
    expect(text).not.toContain('way-help');
    expect(text).not.toContain('sign-in-links');
    expect(text).not.toContain('/assets/brand/');
    expect(imagesOf(headers)).toBe("'self'");
  });
});

const BRANDS: Readonly<Record<string, Brand>> = {
  app: { name: 'Portal', logoUrl: '/logo.svg' },
  acme: {
    name: 'Acme Bank',
    logoUrl: 'https://cdn.acme.example/logo.svg',
    faviconUrl: 'https://cdn.acme.example/icon.png',
    accent: '#0b6e4f',
    supportUrl: 'https://help.acme.example',
  },
  globex: {
    name: 'Globex',
    logoUrl: 'https://img.globex.example/logo.svg',
    accent: '#8a1c1c',
    darkAccent: '#ff9d9d',
    helpLinks: [{ label: 'Hotline', url: '/globex/hotline' }],
  },
};

/** A portal whose organizations each have a brand, with Ada of one and Grace of another. */
async function createBrandedPortal(options: Parameters<typeof createPortal>[0] = {}) {
  const portal = await createSettingsPortal(
    {},
    { ...options, brand: async (organizationId) => BRANDS[organizationId ?? 'app'] },
  );
  await portal.mfa.policies.save('globex', { enabled: true, enrollment: 'required' });
  const grace = addPerson(portal, { organizationId: 'globex' });
  return { portal, grace };
}

const page = (member: Member, path: string) => member.get(path, { accept: 'text/html' });

describe('a brand for each organization', () => {
  it('is the app’s until somebody is known', async () => {
    const { portal } = await createBrandedPortal();
    const { text, headers } = await signInPage(portal);
    expect(titleOf(text)).toBe('Sign in · Portal');
    expect(text).toContain('src="/logo.svg"');
    expect(text).not.toMatch(/acme bank|globex/i);
    expect(imagesOf(headers)).toBe("'self'");
  });

  it('is on the pages of its people, and on no one else’s', async () => {
    const { portal, grace } = await createBrandedPortal();
    const [ada, hers] = [await giveApp(portal, 'ada'), await giveApp(portal, grace.id)];
    const acme = await page(await signInWithApp(portal, 'ada', ada), '/mfa/settings');
    expect(titleOf(acme.text)).toMatch(/ · Acme Bank$/);
    expect(acme.text).toContain('src="https://cdn.acme.example/logo.svg"');
    expect(acme.text).toContain('<link rel="icon" href="https://cdn.acme.example/icon.png">');
    expect(acme.text).toContain('<a href="https://help.acme.example">Contact support</a>');
    expect(acme.text).toContain('Back to Acme Bank');
    expect(sheetsOf(acme.text).at(-1)).toMatch(/^\/mfa\/assets\/brand\/0b6e4f-/);
    expect(imagesOf(acme.headers)).toBe("'self' https://cdn.acme.example");
    const globex = await page(await signInWithApp(portal, grace.username, hers), '/mfa/settings');
    expect(titleOf(globex.text)).toMatch(/ · Globex$/);
    expect(globex.text).toContain('<a href="/globex/hotline">Hotline</a>');
    expect(sheetsOf(globex.text).at(-1)).toBe('/mfa/assets/brand/8a1c1c-ff9d9d.css');
    expect(imagesOf(globex.headers)).toBe("'self' https://img.globex.example");
    expect(globex.text).not.toMatch(/acme bank/i);
  });

  it('is there after the password, and gone with the sign-in that could not continue', async () => {
    const { portal } = await createBrandedPortal();
    const { id } = await giveApp(portal, 'ada');
    const ada = visit(portal);
    await ada.logIn('ada');
    expect(titleOf((await page(ada, '/mfa/challenge')).text)).toMatch(/ · Acme Bank$/);
    const guess = () =>
      ada.post('/mfa/challenge', { authenticatorId: id, code: '000000' }, { accept: 'text/html' });
    for (let wrong = 1; wrong < 5; wrong += 1) {
      // oxlint-disable-next-line no-await-in-loop
      expect(titleOf((await guess()).text)).toMatch(/ · Acme Bank$/);
    }
    expect(titleOf((await guess()).text)).toMatch(/ · Portal$/);
  });

  it('is on the page that refuses a form of the host’s, with its images allowed', async () => {
    const { portal } = await createBrandedPortal();
    const ada = await signInWithApp(portal, 'ada', await giveApp(portal, 'ada'));
    portal.clock.advance(600_000);
    const refused = await ada.post('/payouts', {}, { accept: 'text/html' });
    expect(titleOf(refused.text)).toMatch(/ · Acme Bank$/);
    expect(imagesOf(refused.headers)).toBe("'self' https://cdn.acme.example");
  });

  it('is on the page of an error after the person was known', async () => {
    let isDown = false;
    const { portal } = await createBrandedPortal({
      featureAvailable() {
        if (isDown) throw new Error('no licenses');
        return true;
      },
    });
    const ada = await signInWithApp(portal, 'ada', await giveApp(portal, 'ada'));
    isDown = true;
    const failed = await page(ada, '/mfa/settings');
    expect(failed.status).toBe(500);
    expect(titleOf(failed.text)).toMatch(/ · Acme Bank$/);
    expect(failed.text).toContain('Back to Acme Bank');
  });

  it('is on the page that leads from recovery codes to the host, and in the file of the codes', async () => {
    const { portal } = await createBrandedPortal();
    const { member, secret } = await enrollApp(portal, 'ada');
    const file = await member.post('/mfa/enroll/recovery-codes/download');
    expect(file.text).toMatch(/^Acme Bank, Ada\n/);
    const ada = await signInWithApp(portal, 'ada', { id: '', secret });
    const onwards = await ada.post('/mfa/enroll/recovery-codes', { saved: 'yes', returnTo: '/plain' });
    expect(onwards.headers['refresh']).toBe('0; url=/plain');
    expect(titleOf(onwards.text)).toMatch(/ · Acme Bank$/);
  });

  it('names the entry of an authenticator app', async () => {
    const { portal } = await createBrandedPortal();
    const ada = visit(portal);
    await ada.logIn('ada');
    const { uri } = (await ada.postJson('/mfa/enroll/totp')).body.totp;
    expect(new URL(uri).searchParams.get('issuer')).toBe('Acme Bank');
  });

  it('is in mails and text messages to its people, whoever acts', async () => {
    const mails: EmailMessage[] = [];
    const email = { send: async (mail: EmailMessage) => void mails.push(mail) };
    const { portal, grace } = await createBrandedPortal({ email });
    await giveApp(portal, grace.id);
    await portal.mfa.members.reset({ userId: grace.id, organizationId: 'globex' }, { reason: 'lost phone' });
    await portal.mfa.settled();
    const notice = mails.find(({ to }) => to === grace.email);
    expect(notice?.html).toContain('src="https://img.globex.example/logo.svg"');
    expect(notice?.html).toContain('<a class="link" href="http://localhost/globex/hotline"');
    expect(notice?.text).toMatch(/^Globex, localhost$/m);
    const member = visit(portal);
    await member.logIn(grace.username);
    await member.postJson('/mfa/enroll/sms', { phone: grace.phone });
    expect(portal.outbox.messages.find(({ to }) => to === grace.phone)?.text).toContain('Globex code');
  });
});

describe('a brand function that fails', () => {
  it('leaves a sign-in as it is, with our look, and is reported once for each organization', async () => {
    const portal = await createSettingsPortal(
      {},
      {
        brand: (organizationId) => {
          throw new Error(`no brand of ${organizationId}`);
        },
      },
    );
    const app = await giveApp(portal, 'ada');
    expect(titleOf((await signInPage(portal)).text)).toBe('Sign in · Acme Portal');
    const ada = await signInWithApp(portal, 'ada', app);
    const settings = await page(ada, '/mfa/settings');
    expect(settings.status).toBe(200);
    expect(settings.text).toContain('class="brand-mark"');
    expect((await page(ada, '/mfa/sessions')).status).toBe(200);
    expect(portal.errors.map(String)).toEqual([
      expect.stringContaining('brand(null) cannot be used'),
      expect.stringContaining('brand("acme") cannot be used'),
    ]);
  });
});
