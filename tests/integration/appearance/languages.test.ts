import request from 'supertest';
import { createHttpAgent } from '../../support/http-agent';
import { addPerson, visit } from '../../support/member';
import { createPortal } from '../../support/portal';

const WRONG = { username: 'ada', password: 'wrong' };

const SWEDISH = {
  'refusal.wrong-credentials': 'E-postadressen eller lösenordet stämde inte.',
  'refusal.unknown-language': 'Språket finns inte här.',
};

const options = { languages: ['en', 'sv', 'he'], messages: { sv: SWEDISH, he: {} } };

const pageIn = (app: Parameters<typeof request>[0], language: string) =>
  request(app).get('/mfa/login').set('accept', 'text/html').set('accept-language', language);

describe('the language of a page', () => {
  const portal = createPortal(options);

  it.each([
    ['sv', 'sv'],
    ['sv-FI, en;q=0.5', 'sv'],
    ['fi, de;q=0.9', 'en'],
    ['*', 'en'],
    ['not a language;;', 'en'],
    ['en-US, sv;q=0.9', 'en'],
  ])('is what the browser prefers of those offered: %s', async (preferred, language) => {
    const { text, headers } = await pageIn(portal.app, preferred);
    expect(text).toContain(`<html lang="${language}" dir="ltr">`);
    expect(headers['vary']).toContain('Accept-Language');
  });

  it('runs from right to left in Hebrew', async () => {
    expect((await pageIn(portal.app, 'he-IL')).text).toContain('<html lang="he" dir="rtl">');
  });

  it('is that of a message in JSON too, while the reason stays the same', async () => {
    const agent = createHttpAgent(portal.app);
    const refused = await agent.postJson('/mfa/login', WRONG, { 'accept-language': 'sv' });
    expect(refused.body).toMatchObject({
      because: 'wrong-credentials',
      message: SWEDISH['refusal.wrong-credentials'],
    });
  });

  it('has no menu unless the host wants one', async () => {
    expect((await pageIn(portal.app, 'sv')).text).not.toContain('language-menu');
    const agent = createHttpAgent(portal.app);
    expect((await agent.postJson('/mfa/language', { language: 'sv' })).status).toBe(404);
  });
});

describe('a host that knows the language', () => {
  const portal = createPortal({
    ...options,
    languageMenu: true,
    locale: (req) => {
      if (req.query['fail'] === '1') throw new Error('The host’s own fault.');
      return typeof req.query['in'] === 'string' ? req.query['in'] : null;
    },
  });

  it('is asked first', async () => {
    const shown = request(portal.app).get('/mfa/login?in=sv-SE').set('accept', 'text/html');
    expect((await shown.set('cookie', 'mfa-language=he')).text).toContain('<html lang="sv"');
  });

  it.each(['?in=fi', '?fail=1', ''])(
    'leaves it to the browser where it says nothing useful: %s',
    async (query) => {
      const shown = request(portal.app).get(`/mfa/login${query}`).set('accept', 'text/html');
      expect((await shown.set('accept-language', 'sv')).text).toContain('<html lang="sv"');
    },
  );
});

describe('the language menu', () => {
  const portal = createPortal({ ...options, languageMenu: true });

  it('lists the languages by their own names, and returns to the page', async () => {
    const { text } = await pageIn(portal.app, 'sv');
    expect(text).toContain('<option value="sv" lang="sv" selected>Svenska</option>');
    expect(text).toContain('<option value="he" lang="he">עברית</option>');
    expect(text).toContain('<input type="hidden" name="returnTo" value="/mfa/login">');
  });

  it('keeps the choice in this browser, whatever the browser prefers', async () => {
    const agent = createHttpAgent(portal.app);
    const chosen = await agent.post('/mfa/language', { language: 'sv', returnTo: '/mfa/login' });
    expect([chosen.status, chosen.headers['location']]).toEqual([303, '/mfa/login']);
    expect(chosen.headers['set-cookie']).toContainEqual(
      expect.stringMatching(/^mfa-language=sv; Max-Age=31536000; Path=\/; .*HttpOnly; SameSite=Lax$/),
    );
    const { text } = await agent.get('/mfa/login', { 'accept-language': 'en' });
    expect(text).toContain('<html lang="sv"');
  });

  it('leads nowhere else', async () => {
    const agent = createHttpAgent(portal.app);
    const chosen = await agent.post('/mfa/language', { language: 'sv', returnTo: '//evil.example' });
    expect(chosen.headers['location']).toBe('/');
  });

  it('refuses a language that is not offered, and keeps nothing', async () => {
    const agent = createHttpAgent(portal.app);
    const refused = await agent.postJson('/mfa/language', { language: 'fi' });
    expect([refused.status, refused.body.because]).toEqual([400, 'unknown-language']);
    expect(agent.cookie('mfa-language')).toBeUndefined();
  });

  it.each([99, 100, 101, 5000])('looks up no tag of more than a hundred characters: %i', async (length) => {
    const language = 'sv-'.padEnd(length, 'x-');
    const agent = createHttpAgent(portal.app);
    const { status } = await agent.postJson('/mfa/language', { language });
    expect(status).toBe(length > 100 ? 400 : 200);
    const shown = request(portal.app).get('/mfa/login').set('accept', 'text/html');
    const { text } = await shown.set('cookie', `mfa-language=${language}`);
    expect(text).toContain(`<html lang="${length > 100 ? 'en' : 'sv'}"`);
  });

  it('needs the token of the page', async () => {
    const agent = createHttpAgent(portal.app);
    expect((await agent.send('/mfa/language', { language: 'sv' })).status).toBe(403);
  });

  it('ignores a cookie that somebody made up', async () => {
    const shown = request(portal.app).get('/mfa/login').set('accept', 'text/html');
    expect((await shown.set('cookie', 'mfa-language="><script>')).text).toContain('<html lang="en"');
  });
});

describe('languages and messages that cannot be used', () => {
  it.each([
    [{ languages: [] }, 'languages'],
    [{ languages: ['EN_us'] }, 'languages'],
    [{ languages: ['en', 'sv'] }, 'there are no messages in sv'],
    [{ messages: { en: { 'login.headin': 'x' } } }, '"login.headin" is not a key of a message'],
    [{ messages: { en: { constructor: 'x' } } }, '"constructor" is not a key of a message'],
    [{ messages: { en: { 'duration.minutes': '{count' } } }, '"duration.minutes" is not ICU MessageFormat'],
    [{ messages: { en: { 'duration.minutes': '{time}' } } }, 'has the placeholder {time}'],
    [{ messages: { en: { 'duration.minutes': '<a>{count}</a>' } } }, 'has the tag <a>'],
    [{ messages: { 'no language': {} } }, 'is not a language of BCP 47'],
    [{ messages: { en: { 'duration.minutes': 5 } } }, '"duration.minutes" is not text'],
    [{ locale: 'de' }, 'locale'],
    [{ languageMenu: 'yes' }, 'languageMenu'],
  ])('are refused at start: %j', (wrong, fault) => {
    expect(() => createPortal(wrong as never)).toThrow(fault);
  });
});

it('takes messages from a function of the host’s, and its own where that cannot be parsed', async () => {
  const errors: unknown[] = [];
  const portal = createPortal({
    languages: ['en', 'sv'],
    messages: (language, key) => {
      if (key === 'refusal.wrong-credentials') return language === 'sv' ? 'Fel.' : '{count';
      return undefined;
    },
    onError: (error) => errors.push(error),
  });
  const agent = createHttpAgent(portal.app);
  const messageIn = async (language: string) =>
    (await agent.postJson('/mfa/login', WRONG, { 'accept-language': language })).body.message;
  expect(await messageIn('sv')).toBe('Fel.');
  expect(await messageIn('en')).toContain('didn’t work');
  expect(errors.map(String)).toEqual([
    'Error: The message "refusal.wrong-credentials" of your en messages cannot be used.',
  ]);
});

it.each([
  ['a tag', 'Signing in as <script>{account}</script>', 'the tag <script>'],
  ['a tag of every object', '<constructor>{account}</constructor>', 'the tag <constructor>'],
  ['a placeholder', 'Signing in as {account}, {password}', 'the placeholder {password}'],
])('uses no message of a function with %s that the message is not given', async (_what, message, fault) => {
  const errors: unknown[] = [];
  const portal = createPortal({
    languages: ['en', 'sv'],
    messages: (_language, key) => (key === 'page.signingInAs' ? message : undefined),
    onError: (error) => errors.push(error),
  });
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
  // Swedish has no catalogue, so that the English message stands in.
  for (const language of ['en', 'sv']) {
    const ada = visit(portal);
    await ada.logIn('ada');
    const { status, text } = await ada.get('/mfa/enroll', { 'accept-language': language });
    expect(status).toBe(200);
    expect(text).toContain('<span>Signing in as <b>Ada</b> ·</span>');
  }
  const causes = errors.map((error) => String((error as Error).cause));
  expect(causes).toContain(`Error: It has ${fault}, which this message is not given.`);
});

describe('the language of a message', () => {
  const GERMAN = { locale: 'de-AT' };

  it('is that of its recipient, whatever the browser prefers', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const person = addPerson(portal, GERMAN);
    const agent = visit(portal);
    await agent.logIn(person.username);
    for (const [kind, field] of [
      ['sms', { phone: person.phone }],
      ['email', { email: `other.${person.email}` }],
    ] as const) {
      // One after the other: a login sets up one method at a time.
      // oxlint-disable-next-line no-await-in-loop
      await agent.postJson(`/mfa/enroll/${kind}`, field, { 'accept-language': 'fr' });
      expect(portal.outbox.messages.at(-1)?.text).toContain('ist Ihr Code');
    }
  });

  it('is that of the member whom an administrator reminds', async () => {
    const portal = createPortal();
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const { id, email } = addPerson(portal, GERMAN);
    expect(await portal.mfa.members.remind({ userId: id, actorId: 'ada' })).toEqual({ outcome: 'reminded' });
    await portal.mfa.settled();
    expect(portal.outbox.messages.findLast(({ to }) => to === email)?.subject).toContain('Bitte richten Sie');
  });
});
