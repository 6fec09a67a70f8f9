import { createHttpAgent } from '../../support/http-agent';
import { addPerson } from '../../support/member';
import { createPortal, PASSWORD, TEST_KEY } from '../../support/portal';
import { recordAnswers } from '../../support/recorded-answers';
import { dumpRedis } from '../../support/redis-dump';
import { openRedisStores } from '../../support/store-kinds';
import { totpCode, wrongCode } from '../../support/totp';

// The attack: whoever reads logs, events, a copy of the database, somebody's mailbox or a cached page looks for something
// to sign in with. A whole run of every factor is searched for every secret that it made.

const HOSTILE_NAME = `<img src=x onerror=alert(1)>"'&`;

describe('a whole run of every factor', () => {
  const { redis, close, records, state } = openRedisStores();
  const failures: unknown[] = [];
  const portal = createPortal({ records, state, onError: (error) => failures.push(error) });
  const { clock, mfa, outbox } = portal;
  const { listener, answers } = recordAnswers(portal.app);
  const events: string[] = [];
  const printed: string[] = [];
  const codes: { readonly code: string; readonly message: number }[] = [];
  let secret = '';
  let recoveryCodes: readonly string[] = [];
  let dump: ReadonlyMap<string, string> = new Map();
  const person = addPerson(portal, { name: HOSTILE_NAME });
  const [email, phone] = [person.email ?? '', person.phone ?? ''];

  function newestCode(): string {
    const message = outbox.messages.findLastIndex(({ text }) => /\b\d{6}\b/.test(text));
    const code = /\b\d{6}\b/.exec(outbox.messages[message]?.text ?? '')?.[0] ?? '';
    codes.push({ code, message });
    return code;
  }

  const guest = () => createHttpAgent(listener);
  type Guest = ReturnType<typeof guest>;
  const logIn = (browser: Guest) =>
    browser.postJson('/mfa/login', { username: person.username, password: PASSWORD });

  async function enrollApp(): Promise<void> {
    const browser = guest();
    await browser.post('/mfa/login', { username: person.username, password: PASSWORD });
    await browser.post('/mfa/enroll/totp');
    const page = await browser.get('/mfa/enroll/totp');
    secret = /secret=([A-Z2-7]+)/.exec(page.text)?.[1] ?? '';
    const code = totpCode(secret, clock.now());
    codes.push({ code, message: -1 });
    const confirmed = await browser.post('/mfa/enroll/totp/confirm', { code, label: HOSTILE_NAME });
    const shown = await browser.follow(confirmed);
    recoveryCodes = shown.text.match(/\d+-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{5}/g) ?? [];
    expect([secret.length, recoveryCodes.length]).toEqual([32, 10]);
    await browser.post('/mfa/enroll/recovery-codes', { saved: 'yes' });
    await enrollAddress(browser, 'email', email);
    await enrollAddress(browser, 'sms', phone);
    await browser.post('/mfa/logout');
  }

  async function enrollAddress(browser: Guest, kind: 'email' | 'sms', address: string): Promise<void> {
    clock.advance(30_000);
    await browser.post(`/mfa/enroll/${kind}`, { [kind === 'sms' ? 'phone' : 'email']: address });
    await browser.get(`/mfa/enroll/${kind}`);
    const confirmed = await browser.post(`/mfa/enroll/${kind}/confirm`, {
      code: newestCode(),
      label: HOSTILE_NAME,
    });
    expect(confirmed.status).toBe(303);
  }

  async function loginBy(kind: 'totp' | 'email' | 'sms' | 'recovery-code'): Promise<void> {
    clock.advance(60_000);
    const browser = guest();
    const { body } = await logIn(browser);
    const option = body.anyOf.find((candidate: { kind: string }) => candidate.kind === kind);
    await browser.post('/mfa/challenge/factor', { authenticatorId: option.authenticatorId });
    await browser.get('/mfa/challenge');
    const code =
      kind === 'totp'
        ? totpCode(secret, clock.now())
        : kind === 'recovery-code'
          ? (recoveryCodes[4] ?? '')
          : newestCode();
    if (kind === 'totp') codes.push({ code, message: -1 });
    await browser.post('/mfa/challenge', {
      code: kind === 'recovery-code' ? '9-0000-0000-00000' : wrongCode(code),
    });
    const answer = await browser.postJson('/mfa/challenge', { code });
    expect([kind, answer.body.outcome]).toEqual([kind, 'signed-in']);
    for (const path of [
      '/',
      '/mfa/settings',
      '/mfa/sessions',
      '/mfa/state',
      '/mfa/enroll/recovery-codes',
      '/mfa/enroll/totp',
    ]) {
      await browser.get(path);
    }
  }

  beforeAll(async () => {
    await redis.flushdb();
    for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
      jest
        .spyOn(console, method)
        .mockImplementation((...args: unknown[]) => void printed.push(args.map(String).join(' ')));
    }
    mfa.events.on('event', (event) => events.push(JSON.stringify(event)));
    await mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    await enrollApp();
    for (const kind of ['totp', 'email', 'sms', 'recovery-code'] as const) await loginBy(kind);
    clock.advance(60_000);
    const half = guest();
    await logIn(half);
    await half.postJson('/mfa/challenge', { code: ['1'] });
    await half.postJson('/mfa/nothing');
    const app = guest();
    await app.get('/mfa/login?returnTo=//evil.example');
    await mfa.settled();
    dump = await dumpRedis(redis);
  });

  afterAll(() => {
    jest.restoreAllMocks();
    close();
  });

  const told = () => [
    ...events,
    ...printed,
    ...failures.map((error) => `${String(error)} ${JSON.stringify(error)}`),
  ];
  const inDatabase = () => [...dump.values()];
  const holding = (texts: readonly string[], needle: string | RegExp) =>
    texts.filter((text) => (typeof needle === 'string' ? text.includes(needle) : needle.test(text)));

  it('has every code in its own message and nowhere else', () => {
    expect(codes.length).toBeGreaterThanOrEqual(6);
    for (const { code, message } of codes) {
      const alone = new RegExp(`(?<!\\d)${code}(?!\\d)`);
      expect(holding(answers, alone)).toEqual([]);
      expect(holding(told(), alone)).toEqual([]);
      expect(holding(inDatabase(), alone)).toEqual([]);
      const messages = outbox.messages.flatMap(({ text }, index) => (alone.test(text) ? [index] : []));
      expect(messages).toEqual(message === -1 ? [] : [message]);
    }
  });

  it('has the secret of the app on the page of its enrollment and nowhere else', () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    const bits = Array.from(secret, (letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join(
      '',
    );
    const raw = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
    const forms = [
      secret,
      secret.match(/.{4}/g)?.join(' ') ?? '',
      raw.toString('hex'),
      raw.toString('base64'),
      raw.toString('base64url'),
    ];
    for (const form of forms) {
      for (const texts of [told(), inDatabase(), outbox.messages.map(({ text }) => text)])
        expect(holding(texts, form)).toEqual([]);
      expect(holding(answers, form).every((answer) => answer.startsWith('GET /mfa/enroll/totp '))).toBe(true);
      expect(holding(answers, form).length).toBeLessThanOrEqual(1);
    }
    expect(holding(answers, secret)).toHaveLength(1);
  });

  it('has the recovery codes on their page, once, and nowhere else', () => {
    for (const text of recoveryCodes) {
      const letters = text.slice(text.indexOf('-')).replaceAll('-', '');
      for (const form of [text, letters]) {
        for (const texts of [told(), inDatabase(), outbox.messages.map((message) => message.text)])
          expect(holding(texts, form)).toEqual([]);
      }
      const shown = holding(answers, text);
      expect(shown.map((answer) => answer.split('?')[0])).toEqual([
        expect.stringMatching(/^GET \/mfa\/enroll\/recovery-codes/),
      ]);
    }
  });

  it('has no password, key or full address where none belongs', () => {
    for (const needle of [
      PASSWORD,
      encodeURIComponent(PASSWORD),
      TEST_KEY,
      Buffer.from(TEST_KEY, 'base64').toString('hex'),
    ]) {
      expect(holding([...answers, ...told(), ...inDatabase()], needle)).toEqual([]);
    }
    for (const address of [email, phone]) {
      expect(holding(told(), address)).toEqual([]);
      expect(holding(inDatabase(), address)).toEqual([]);
    }
    const whileHalf = answers.filter(
      (answer) => answer.startsWith('GET /mfa/challenge') || answer.startsWith('POST /mfa/challenge'),
    );
    expect(whileHalf.length).toBeGreaterThan(4);
    for (const address of [email, phone]) expect(holding(whileHalf, address)).toEqual([]);
  });

  it('has ids of sessions in no log, event or address', () => {
    const ids = [...dump.keys()]
      .filter((key) => key.includes(':session:'))
      .map((key) => key.slice(key.lastIndexOf(':') + 1));
    expect(ids.length).toBeGreaterThan(3);
    for (const id of ids) expect(holding([...answers, ...told()], id)).toEqual([]);
  });

  it('leaves nothing without an end in the state, and no half login above half a kilobyte', async () => {
    const ofRecords = /:(documents|events)$|:\{(organization|queue|claim)/;
    const ofState = [...dump.keys()].filter((key) => !ofRecords.test(key));
    expect(ofState.length).toBeGreaterThan(5);
    for (const key of ofState) expect([key, (await redis.pttl(key)) > 0]).toEqual([key, true]);
    const owners = ofState.filter((key) => key.includes(':owner:'));
    expect(owners.length).toBeGreaterThan(0);
    for (const key of owners) {
      expect(Number(await redis.memory('USAGE', key))).toBeLessThanOrEqual(512);
      expect(await redis.pttl(key)).toBeLessThanOrEqual(600_000);
    }
  });

  it('writes what people call themselves and their things as text', () => {
    expect(holding(answers, '&lt;img src=x')).not.toEqual([]);
    const pages = answers.filter((answer) => answer.includes('text/html'));
    expect(holding(pages, '<img src=x')).toEqual([]);
  });
});
