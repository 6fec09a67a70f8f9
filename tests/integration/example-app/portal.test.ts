import {
  DEMO_PASSWORD,
  newestCode,
  startExampleApp,
  type RunningExampleApp,
} from '../../support/example-app';
import { createHttpAgent, type HttpAgent } from '../../support/http-agent';
import { textOf } from '../../support/page-text';

describe('the portal', () => {
  let example: RunningExampleApp;
  beforeEach(async () => {
    example = await startExampleApp();
  });
  afterEach(() => example.stop());

  async function signIn(username: string): Promise<HttpAgent> {
    const identity = createHttpAgent(example.url);
    await identity.postJson('/mfa/login', { username, password: DEMO_PASSWORD });
    return identity;
  }

  it('says in JSON who signed in and how', async () => {
    const alan = await (async () => {
      await example.mfa.members.save(
        { userId: 'alan', organizationId: 'acme' },
        { enabled: true, assignedKind: 'email' },
      );
      return signIn('alan@acme.example');
    })();
    await alan.postJson('/mfa/challenge', { code: newestCode(example, 'alan@acme.example') });
    const startedAt = example.clock.now();
    expect((await alan.getJson('/')).body).toEqual({
      user: { id: 'alan', email: 'alan@acme.example', organizationId: 'acme' },
      session: {
        assurance: 'multi-factor',
        amr: ['pwd', 'otp'],
        startedAt,
        expiresAt: startedAt + 90 * 86_400_000,
      },
    });
  });

  it('shows the way to the administration to administrators only', async () => {
    const ken = await signIn('ken@initech.example');
    expect((await ken.get('/')).text).not.toContain('/admin/mfa');
    const root = await signIn('root@initech.example');
    expect((await root.get('/')).text).toContain('href="/admin/mfa"');
  });

  it('keeps messages in the outbox, newest last in JSON, and shows them as text', async () => {
    const stranger = createHttpAgent(example.url);
    await stranger.get('/signup');
    await stranger.post('/signup', {
      name: '<b>Eve</b>',
      email: 'eve@acme.example',
      organizationId: 'acme',
      password: 'twelve characters',
    });
    const { body } = await stranger.getJson('/outbox.json');
    expect(body).toEqual([
      {
        channel: 'email',
        to: 'eve@acme.example',
        subject: 'Verify your email address for Acme Portal',
        text: expect.stringContaining(`${example.url}/signup/verify?token=`),
        at: example.clock.now(),
      },
    ]);
    expect(textOf((await stranger.get('/outbox')).text)).toContain('Verify your email address');
  });

  it('answers a sign-up with a known address as any other, and tells the owner', async () => {
    const identity = createHttpAgent(example.url);
    const answers = [];
    for (const email of ['new@acme.example', 'alan@acme.example']) {
      await identity.get('/signup');
      const answer = await identity.post('/signup', { name: 'Eve', email, password: 'twelve characters' });
      answers.push([answer.status, textOf(answer.text).replaceAll(email, '')]);
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(example.outbox?.messages.at(-1)).toMatchObject({
      to: 'alan@acme.example',
      subject: 'You have an Acme Portal account',
    });
  });

  it('takes a link for a sign-up once', async () => {
    const identity = createHttpAgent(example.url);
    await identity.get('/signup');
    await identity.post('/signup', { name: 'Eve', email: 'eve@acme.example', password: 'twelve characters' });
    const token = /token=(\S+)/.exec(example.outbox?.messages.at(-1)?.text ?? '')?.[1] ?? '';
    await identity.get(`/signup/verify?token=${token}`);
    const first = await identity.post('/signup/verify', { token, password: 'twelve characters' });
    expect([first.status, first.headers['location']]).toEqual([303, '/mfa/enroll?returnTo=%2F']);
    const again = createHttpAgent(example.url);
    await again.get('/mfa/login');
    const password = 'twelve characters';
    expect((await again.post('/signup/verify', { token, password })).status).toBe(404);
  });

  it('refuses forms without a token', async () => {
    const identity = createHttpAgent(example.url);
    for (const path of ['/signup', '/signup/verify', '/sso', '/mfa/login']) {
      const answer = await identity.post(path, { _csrf: 'guessed' });
      expect([path, answer.status]).toEqual([path, 403]);
    }
  });
});
