import { createAdminHost, type AdminHost } from '../../support/admin-host';
import { createHttpAgent } from '../../support/http-agent';
import { PSEUDO_LOCALE, PSEUDO_MESSAGES, untranslated } from '../../support/pseudo-locale';
import {
  administer,
  changeSettings,
  enrollEverything,
  lockAndUnlock,
  signInElsewhere,
  usePasskey,
  type Visitor,
} from '../docs/openapi-walks';

// Every page is read in a language whose messages stand in brackets. What stands outside of them is English left in the code.

/** What is no message: names and addresses of the test's people, brands of apps, what `Intl` writes, lines for programs. */
const DATA =
  /^(?:[\s:·,]|and|UTC|localhost|Acme Portal|Acme|Globex|(?:Ada|Alan|Mary|Bob|Grace|Linus) \w+|Nightly sync|[\w.•+-]+@[\w.•-]+|(?:Google|Microsoft) Authenticator|1Password|Bitwarden|2FAS|Aegis \(Android\)|Passwords \(iPhone\)|Jan \d+, \d+(?:, \d+:\d+ [AP]M)?|127\.0\.0\.1|https?:\S+|@localhost #\d+)+$/;

describe('a page in another language', () => {
  let host: AdminHost;
  const left = new Map<string, readonly string[]>();

  beforeAll(async () => {
    host = createAdminHost({
      passkeys: { signIn: true },
      directory: { maySignIn: () => true },
      appearance: { languages: [PSEUDO_LOCALE], messages: { [PSEUDO_LOCALE]: PSEUDO_MESSAGES } },
    });
    const methods = ['passkey', 'totp', 'email', 'sms'];
    const rules = { enrollment: 'optional', skips: 3, rememberBrowserSeconds: 86_400 } as const;
    await host.mfa.policies.save('acme', { enabled: true, methods, ...rules });
  });
  afterAll(() => host.mfa.close());

  function note(path: string, html: string): void {
    const found = untranslated(html).filter((text) => !DATA.test(text));
    if (found.length > 0) left.set(path, [...new Set([...(left.get(path) ?? []), ...found])]);
  }

  /** Walks as JSON, and reads each page and each sentence on the way. */
  function visit(): Visitor {
    const agent = createHttpAgent(host.app);
    const target = (path: string, id = 'unknown') =>
      path
        .replaceAll('{organizationId}', 'acme')
        .replaceAll('{userId}', 'mary')
        .replaceAll('{act}', 'assign')
        .replaceAll(/\{\w+\}/g, id);
    return {
      async get(path, id) {
        const page = await agent.get(target(path, id));
        if (page.type === 'text/html') note(path, page.text);
        return agent.getJson(target(path, id));
      },
      async post(path, body = {}, id) {
        const answer = await agent.postJson(target(path, id), body);
        const { message } = answer.body as { message?: unknown };
        if (typeof message === 'string') note(`${path} (message)`, message);
        return answer;
      },
    };
  }

  it('has no English left', async () => {
    const mary = visit();
    const elsewhere = visit();
    await elsewhere.get('/mfa/login');
    const secret = await enrollEverything(host, mary);
    await signInElsewhere(host, elsewhere, secret);
    await mary.get('/mfa/settings');
    await mary.get('/mfa/sessions');
    await changeSettings(mary, elsewhere);
    await usePasskey(host, visit(), visit());
    await lockAndUnlock(host, visit());
    await administer(host, visit());
    expect(Object.fromEntries(left)).toEqual({});
  });

  it('comes with mails that have none either', () => {
    const texts = host.outbox.messages.map(({ text }) => text);
    expect(texts.length).toBeGreaterThan(5);
    const english = texts.flatMap((text) => untranslated(text).filter((line) => !DATA.test(line)));
    expect(english).toEqual([]);
  });
});
