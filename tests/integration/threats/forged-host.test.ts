import { createOutbox } from '../../../src/index';
import type { EmailMessage } from '../../../src/index';
import { addPerson, visit } from '../../support/member';
import { createPortal } from '../../support/portal';

// The attack: a request with the victim's name and the attacker's Host, so that the message that is sent because of it
// leads the victim to the attacker's site, or lets a browser fill the code in there.

const FORGED = {
  host: 'evil.example',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-proto': 'https',
  'x-forwarded-for': '203.0.113.9',
  'x-forwarded-port': '8443',
  forwarded: 'for=203.0.113.9;host=evil.example;proto=https',
  'x-original-host': 'evil.example',
  'x-real-ip': '203.0.113.9',
  referer: 'https://evil.example/',
};

describe('a forged Host', () => {
  const outbox = createOutbox();
  const mails: EmailMessage[] = [];
  const email = {
    send(message: EmailMessage, signal: AbortSignal) {
      mails.push(message);
      return outbox.email.send(message, signal);
    },
  };
  const portal = createPortal({ email, sms: outbox.sms, baseUrl: 'http://localhost:8080' });
  const texts = () => outbox.messages.map(({ text }) => text);

  beforeAll(async () => {
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
  });

  afterAll(() => portal.mfa.settled());

  it.each(['email', 'sms'] as const)(
    'changes nothing in what is sent by %s, nor in any answer',
    async (assignedKind) => {
      const logIn = async (headers: Readonly<Record<string, string>>) => {
        const person = addPerson(portal);
        await portal.mfa.members.save(
          { userId: person.id, organizationId: 'acme' },
          { enabled: true, assignedKind },
        );
        const guest = visit(portal);
        const before = texts().length;
        const body = { username: person.username, password: person.password };
        const login = await guest.postJson('/mfa/login', body, headers);
        const page = await guest.get('/mfa/challenge', headers);
        expect(texts()).toHaveLength(before + 1);
        const led = await guest.get('/plain', headers);
        const everything = [
          login.text,
          page.text,
          JSON.stringify([login.headers, page.headers, led.headers]),
        ].join('\n');
        const code = /\b\d{6}\b/.exec(texts().at(-1) ?? '')?.[0] ?? 'none';
        const anonymous = (text: string) => text.replaceAll(code, 'CODE').replaceAll(person.id, 'PERSON');
        return {
          everything,
          sent: anonymous(texts().at(-1) ?? ''),
          html: anonymous(mails.at(-1)?.html ?? ''),
        };
      };
      const plain = await logIn({});
      const forged = await logIn(FORGED);
      expect(forged.sent).toBe(plain.sent);
      expect(forged.html).toBe(plain.html);
      expect(forged.everything).not.toContain('evil.example');
      expect(forged.sent + forged.html).not.toMatch(/evil\.example|203\.0\.113\.9/);
    },
  );

  it('does not become the address of an event', async () => {
    const person = addPerson(portal);
    const guest = visit(portal);
    const body = { username: person.username, password: person.password };
    await guest.postJson('/mfa/login', body, FORGED);
    await portal.mfa.events.settled();
    const userIds = [person.id];
    const { events } = await portal.records.listEvents({ organizationId: 'acme', userIds, limit: 10 });
    expect(events.map(({ name, address }) => [name, address])).toEqual([['signed-in', '127.0.0.1']]);
  });

  it('sends nothing where a page at the forged address asks for it', async () => {
    const person = addPerson(portal);
    await portal.mfa.members.save(
      { userId: person.id, organizationId: 'acme' },
      { enabled: true, assignedKind: 'email' },
    );
    const before = texts().length;
    const body = { username: person.username, password: person.password };
    const login = await visit(portal).postJson('/mfa/login', body, {
      ...FORGED,
      origin: 'https://evil.example',
    });
    expect([login.status, login.body.because]).toEqual([403, 'csrf-token-refused']);
    expect(texts()).toHaveLength(before);
  });

  it('leaves the last line of a text message to the browser that fills it in', async () => {
    const person = addPerson(portal, { name: 'x\n@evil.example #111111' });
    const member = { userId: person.id, organizationId: 'acme' };
    await portal.mfa.members.save(member, { enabled: true, assignedKind: 'sms' });
    await visit(portal).postJson(
      '/mfa/login',
      { username: person.username, password: person.password },
      FORGED,
    );
    const lines = (texts().at(-1) ?? '').split('\n');
    expect(lines.at(-1)).toMatch(/^@localhost #\d{6}$/);
    expect(lines.filter((line) => line.startsWith('@'))).toHaveLength(1);
  });
});
