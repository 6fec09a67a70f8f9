import { readTrustProxy, requireDemo } from '../../../example-app/environment';
import { createSignUpLimits } from '../../../example-app/sign-up-limits';
import { createOutbox, memoryState } from '../../../src/index';
import type { StateStore } from '../../../src/index';
import { startExampleApp, DEMO_PASSWORD } from '../../support/example-app';
import type { RunningExampleApp } from '../../support/example-app';
import { createHttpAgent } from '../../support/http-agent';
import { textOf } from '../../support/page-text';
import { redisState } from '../../../src/redis';
import { connectRedis } from '../../support/redis-client';

// People copy example apps, so this one does what the documentation asks of an app.

const FORM = { name: 'Eve', organizationId: 'acme', password: 'twelve characters' };

describe.each(['memory', 'Redis'])('signing up at the example app, with its state in %s', (kind) => {
  const redis = connectRedis();
  let opened = 0;
  let example: RunningExampleApp;
  let state: StateStore;

  beforeEach(async () => {
    opened += 1;
    state = kind === 'Redis' ? redisState(redis, { prefix: `copied-${opened}` }) : memoryState();
    example = await startExampleApp({ state, trustProxy: 1 });
  });
  afterEach(() => example.stop());
  afterAll(() => redis.disconnect());

  async function signUp(email: string, ip = '203.0.113.7') {
    const identity = createHttpAgent(example.url, { headers: { 'x-forwarded-for': ip } });
    await identity.get('/signup');
    const answer = await identity.post('/signup', { ...FORM, email });
    return { identity, answer, text: textOf(answer.text).replaceAll(email.toLowerCase(), '') };
  }
  const mailsTo = (address: string) => example.outbox?.messages.filter(({ to }) => to === address) ?? [];
  const mailed = () => example.outbox?.messages.length ?? 0;

  it('sends a stranger’s mailbox no more than three mails a day, and says nothing of it', async () => {
    const answers = new Set<string>();
    const spellings = [
      'eve@x.example',
      'Eve@X.example',
      'eve+1@x.example',
      'eve+2@x.example',
      'EVE+3@x.example',
    ];
    for (const [index, email] of [...spellings, ...spellings].entries())
      answers.add((await signUp(email, `198.51.100.${index}`)).text);
    expect(mailed()).toBe(3);
    expect(answers.size).toBe(1);
  });

  it('answers the same for the mailbox of somebody who has an account', async () => {
    const known: string[] = [];
    const unknown: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      known.push((await signUp('alan@acme.example', `198.51.100.${index}`)).text);
      unknown.push((await signUp('nobody@acme.example', `198.51.100.${index}`)).text);
    }
    expect(known).toEqual(unknown);
    expect([mailsTo('alan@acme.example').length, mailsTo('nobody@acme.example').length]).toEqual([3, 3]);
  });

  it.each([
    ['an address', ['203.0.113.7']],
    ['a network of IPv6', ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', '2001:db8:1:2:0:1:2:3']],
  ])('stops %s after ten in an hour, and nobody else', async (_what, ips) => {
    for (let index = 0; index < 10; index += 1)
      expect((await signUp(`eve-${index}@x.example`, ips[index % ips.length])).answer.status).toBe(200);
    const { answer } = await signUp('eve-10@x.example', ips[0]);
    expect([answer.status, Number(answer.headers['retry-after']) > 0]).toEqual([429, true]);
    expect(textOf(answer.text)).toContain('too many sign-ups from your network');
    expect(mailed()).toBe(10);
    expect((await signUp('eve-11@x.example', '2001:db8:1:3::1')).answer.status).toBe(200);
  });

  it('stops after 300 in an hour from however many addresses', async () => {
    // What the form asks, without the hash of a password for each.
    const limits = createSignUpLimits(state);
    for (let index = 0; index < 300; index += 1) {
      const { outcome } = await limits.admit({ ip: `10.0.${index}.1`, email: `eve-${index}@x.example` });
      expect(outcome).toBe('send');
    }
    expect((await signUp('eve-300@x.example', '10.1.0.1')).answer.status).toBe(429);
    expect(mailed()).toBe(0);
  });

  it('makes an account by the link and the password together, and takes five passwords', async () => {
    // The attack: somebody signs up with the address of another, who opens the link.
    const { identity } = await signUp('eve@x.example');
    const [, token = ''] = /token=(\S+)/.exec(mailsTo('eve@x.example')[0]?.text ?? '') ?? [];
    const owner = createHttpAgent(example.url);
    await owner.get(`/signup/verify?token=${token}`);
    for (const password of ['', 'guess', DEMO_PASSWORD])
      expect((await owner.post('/signup/verify', { token, password })).status).toBe(401);
    expect(example.users.findByEmail('eve@x.example')).toBeUndefined();
    await identity.get(`/signup/verify?token=${token}`);
    expect((await identity.post('/signup/verify', { token, password: 'guess' })).status).toBe(401);
    expect((await identity.post('/signup/verify', { token, password: FORM.password })).status).toBe(303);
    expect(example.users.findByEmail('eve@x.example')).toBeDefined();

    await signUp('mallory@x.example');
    const [, other = ''] = /token=(\S+)/.exec(mailsTo('mallory@x.example')[0]?.text ?? '') ?? [];
    await owner.get('/signup');
    for (let tries = 0; tries < 5; tries += 1)
      await owner.post('/signup/verify', { token: other, password: 'x' });
    const late = await owner.post('/signup/verify', { token: other, password: FORM.password });
    expect(late.status).toBe(404);
    expect(example.users.findByEmail('mallory@x.example')).toBeUndefined();
  });
});

describe('the example app', () => {
  it('tells of nothing that weakens it', async () => {
    const { email, sms } = createOutbox({ clock: { now: () => Date.now() } });
    const example = await startExampleApp({
      baseUrl: 'https://portal.example.com',
      email,
      sms,
      trustProxy: 1,
    });
    const { findings } = await example.mfa.check({ app: example.app });
    // This one keeps everything in memory; a copy sets REDIS_URL.
    expect(findings.filter(({ part }) => part !== 'records' && part !== 'state')).toEqual([]);
    await example.stop();
  });

  it('says of each person where they belong, and notes who has a factor', async () => {
    const example = await startExampleApp();
    const { directory } = example.users;
    const ada = await directory.findById('ada');
    expect(ada && directory.membershipsOf?.(ada)).toEqual(['acme', 'acme', 'globex']);
    await directory.noteEnrolled?.('ada', true);
    expect(await directory.findById('ada')).toMatchObject({ mfaEnrolled: true });
    await example.stop();
  });

  it('starts in production without the demo accounts, or not at all', () => {
    expect(() => requireDemo({ NODE_ENV: 'production' })).toThrow(/DEMO_ACCOUNTS=yes/);
    expect(() => requireDemo({ NODE_ENV: 'production', DEMO_ACCOUNTS: 'yes' })).not.toThrow();
    expect(() => requireDemo({})).not.toThrow();
  });

  it('trusts as many proxies as it is told of', () => {
    expect(readTrustProxy({ TRUST_PROXY: '2' })).toBe(2);
    expect(readTrustProxy({ TRUST_PROXY: 'loopback' })).toBe('loopback');
    expect(readTrustProxy({ TRUST_PROXY: '' })).toBeUndefined();
  });
});
