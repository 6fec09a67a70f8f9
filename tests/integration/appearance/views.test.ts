import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import request from 'supertest';
import { mailLocals } from '../../../src/delivery/message-text';
import { renderEmail } from '../../../src/delivery/send-email';
import { ENGLISH } from '../../../src/factors/factor-words';
import { createTemplates, findViews } from '../../../src/options/templates';
import { createPortal } from '../../support/portal';

const SITE = {
  issuer: 'Acme Portal',
  host: 'portal.acme.example',
  baseUrl: 'https://portal.acme.example',
  brand: { logoUrl: null, supportUrl: null, helpLinks: [], accents: null },
};

const LAYOUT = '<!doctype html><title><%= title %></title><header>Acme intranet</header><main>';

describe('a folder of the host’s templates', () => {
  let folder: string;
  const put = async (path: string, text: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mfa-views-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const signInPage = async () => {
    const portal = createPortal({ views: folder });
    return (await request(portal.app).get('/mfa/login').set('accept', 'text/html')).text;
  };

  it('replaces one page, which may include parts of the package', async () => {
    await put('login.ejs', "<h1>Our own</h1><%- include('partials/icon', { icon: 'check' }) %>");
    const text = await signInPage();
    expect(text).toContain('<h1>Our own</h1>');
    expect(text).toContain('<svg');
    expect(text).not.toContain('<form');
  });

  it('puts its layout around the pages of the package', async () => {
    await put('partials/open.ejs', LAYOUT);
    const text = await signInPage();
    expect(text).toContain('<header>Acme intranet</header>');
    expect(text).toContain('name="password"');
  });

  it('replaces a mail', async () => {
    await put('email/code.text.ejs', 'Subject: Hello\n\nType <%= code %>, dear & faithful user.');
    const mail = mailLocals(ENGLISH, SITE, { userName: 'Ada', at: 0, origin: null });
    const locals = {
      mail,
      code: '204417',
      validFor: '5 minutes',
      purpose: 'sign-in',
      fallbackFrom: null,
    } as const;
    const { subject, text, html } = await renderEmail(
      'code',
      locals,
      ENGLISH,
      createTemplates(findViews(), folder),
    );
    expect([subject, text]).toEqual(['Hello', 'Type 204417, dear & faithful user.\n']);
    expect(html).toContain('Never share this code');
  });

  it('is refused where a name is misspelled, and where it is not there', async () => {
    await put('logn.ejs', '');
    expect(() => createPortal({ views: folder })).toThrow('Did you mean login.ejs?');
    expect(() => createPortal({ views: join(folder, 'none') })).toThrow('views: the folder cannot be read');
    expect(() => createPortal({ views: 'mfa-views' })).toThrow('the absolute path of a folder');
  });
});
