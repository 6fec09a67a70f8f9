import {
  renderEmail,
  type EmailLocals,
  type EmailName,
  type MailLocals,
} from '../../src/delivery/send-email';
import { ENGLISH } from '../../src/factors/factor-words';

const hostile = '<img src=x> & "friends"';

const mail: MailLocals = {
  issuer: `Acme ${hostile}`,
  site: 'portal.example.com',
  logoUrl: null,
  supportUrl: null,
  helpLinks: [],
  accent: '#2f5bea',
  account: `alan ${hostile}`,
  at: '22 Nov 2026, 14:32 UTC',
  origin: { browser: `Firefox ${hostile}`, address: '203.0.113.9' },
};

const mails: { readonly [Name in EmailName]: EmailLocals[Name] } = {
  code: { mail, code: '204417', validFor: '5 minutes', purpose: 'sign-in', fallbackFrom: 'sms' },
  'factor-changed': { mail, change: 'added', method: `The app ${hostile}` },
  locked: { mail, lockedUntil: '15:02 UTC', unlockUrl: 'https://portal.example.com/unlock?a=1&b=2' },
  'new-browser': { mail, reviewUrl: 'https://portal.example.com/mfa/sessions' },
  'recovery-code-used': { mail, left: 2 },
  reminder: { mail, actor: `Ada ${hostile}`, url: 'https://portal.example.com/mfa/settings', dueAt: null },
  notice: { mail, heading: `Heading ${hostile}`, paragraphs: [`Paragraph ${hostile}`] },
};

const names = Object.keys(mails) as EmailName[];

describe('renderEmail', () => {
  it.each(names)(
    'escapes every value of the HTML of %s and none of its text, whichever came first',
    async (name) => {
      for (let round = 0; round < 2; round += 1) {
        const { text, html } = await renderEmail(name, mails[name], ENGLISH);
        expect(html).not.toContain('<img');
        expect(html).toContain('&lt;img src=x&gt; &amp; &#34;friends&#34;');
        expect(text).toContain(hostile);
      }
    },
  );

  it.each(names)('says in %s what, where, when and who asked, under a subject of one line', async (name) => {
    const { subject, text, html } = await renderEmail(name, mails[name], ENGLISH);
    expect(subject).toMatch(/^[^\r\n]{10,}$/);
    for (const said of ['portal.example.com', '22 Nov 2026, 14:32 UTC', '203.0.113.9', 'alan']) {
      expect(text).toContain(said);
      expect(html).toContain(said);
    }
  });

  it('puts the code into the body, never into the subject, with the warning not to share it', async () => {
    const { subject, text, html } = await renderEmail('code', mails.code, ENGLISH);
    expect(subject).not.toContain('204417');
    expect(text).toContain('204417');
    expect(text).toContain('Never share this code');
    expect(html).toContain('204417');
    expect(html).toContain('Never share this code');
  });

  const withoutLink = names.filter((name) => !['locked', 'new-browser', 'reminder'].includes(name));

  it.each(withoutLink)('has no link to follow in %s', async (name) => {
    const { text, html } = await renderEmail(name, mails[name], ENGLISH);
    expect(html).not.toContain('href');
    expect(text).not.toMatch(/https?:/);
  });

  it('loads nothing from anywhere', async () => {
    for (const name of names) {
      const { html } = await renderEmail(name, mails[name], ENGLISH);
      expect(html).not.toMatch(/<(?:img|script|link|iframe)|url\(/i);
    }
  });
});
