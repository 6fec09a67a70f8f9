import { mailLocals, noticeMail, type Notice } from '../../../src/delivery/message-text';
import { renderEmail } from '../../../src/delivery/send-email';
import { ENGLISH } from '../../../src/factors/factor-words';

const site = {
  issuer: 'Acme Portal',
  host: 'portal.acme.example',
  baseUrl: 'https://portal.acme.example',
  brand: {
    logoUrl: '/logo.svg',
    supportUrl: '/help',
    helpLinks: [
      { label: 'Terms & privacy', url: '/privacy' },
      { label: 'Status', url: 'https://status.acme.example/' },
    ],
    accents: { light: '#0b6e4f', dark: '#5fd0a6' },
  },
};
const at = Date.UTC(2026, 0, 15, 12);
const origin = {
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0',
  address: '1.2.3.4',
};

describe('a mail', () => {
  it('has the logo and the help links by addresses that work outside the site, and the accent on its button', async () => {
    const mail = mailLocals(ENGLISH, site, { userName: 'Ada', at, origin });
    const locals = { mail, lockedUntil: 'noon', unlockUrl: 'https://portal.acme.example/mfa/unlock' };
    const { html, text } = await renderEmail('locked', locals, ENGLISH);
    expect(html).toContain('<img src="https://portal.acme.example/logo.svg" alt="Acme Portal"');
    expect(html).toContain('href="https://portal.acme.example/help"');
    expect(html).toContain('background-color:#0b6e4f');
    expect(html).toContain(
      '<a class="link" href="https://portal.acme.example/privacy" style="color:#14171f">Terms &amp; privacy</a>',
    );
    expect(text).toContain(
      [
        'Need help? https://portal.acme.example/help',
        'Terms & privacy: https://portal.acme.example/privacy',
        'Status: https://status.acme.example/',
      ].join('\n'),
    );
  });

  it('names the issuer, our accent and no help where the brand says nothing', async () => {
    const plain = { ...site, brand: { logoUrl: null, supportUrl: null, helpLinks: [], accents: null } };
    const mail = mailLocals(ENGLISH, plain, { userName: 'Ada', at, origin: null });
    const { html, text } = await renderEmail(
      'locked',
      {
        mail,
        lockedUntil: 'noon',
        unlockUrl: 'https://a.example',
      },
      ENGLISH,
    );
    expect(html).not.toContain('<img');
    expect(html).toContain('background-color:#2f5bea');
    expect(html + text).not.toContain('Need help?');
  });

  it('says the site, the device and its address apart', async () => {
    const mail = mailLocals(ENGLISH, site, { userName: 'Ada', at, origin });
    const { text } = await renderEmail('notice', { mail, heading: 'News', paragraphs: ['One.'] }, ENGLISH);
    expect(text).toContain(
      'Site:    portal.acme.example\nDevice:  Firefox on Linux\nFrom:    1.2.3.4\nAccount: Ada',
    );
  });

  it.each([
    ['Authenticator app', 'The authenticator app'],
    ['', 'The authenticator app'],
    ['Work phone', 'The authenticator app “Work phone”'],
  ])('names a method called “%s” once', (label, method) => {
    const notice: Notice = { kind: 'authenticator-added', factor: 'totp', label, at, origin: null };
    expect(noticeMail(ENGLISH, site, { userName: 'Ada', notice }).locals).toMatchObject({ method });
  });
});
