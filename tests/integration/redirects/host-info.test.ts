import request from 'supertest';
import { ENGLISH } from '../../../src/factors/factor-words';
import { sentenceFor } from '../../../src/http/kernel/language';
import { CREDENTIALS, createLoginHost } from '../../support/login-host';
import { expressMajors, passportMinors } from '../../support/majors';

// What the verify callback says beside the user, or beside `false`, belongs to the host. passport-local hands it on as it is.

const combinations = expressMajors.flatMap((major) =>
  passportMinors.map((minor) => ({
    ...major,
    ...minor,
    name: `Express ${major.major} and Passport ${minor.minor}`,
  })),
);

describe.each(combinations)('on $name, the info of the verify callback', ({ express, createPassport }) => {
  /** What a custom callback is given. */
  async function callbackGets(password: string, info: unknown): Promise<readonly unknown[]> {
    const calls: (readonly unknown[])[] = [];
    const { app, mfa } = createLoginHost({
      express,
      createPassport,
      info,
      login: ({ app: host, passports }) => {
        host.post('/login', (req, res, next) => {
          passports.authenticate('mfa', (...args: readonly unknown[]) => {
            calls.push(args);
            res.end();
          })(req, res, next);
        });
      },
    });
    await request(app).post('/login').type('form').send({ username: 'ada', password });
    await mfa.close();
    expect(calls).toHaveLength(1);
    return calls[0] ?? [];
  }

  it.each([
    ['an object without a message', { msg: 'No such name.' }],
    ['an object with more than a message', { message: 'Locked.', type: 'warning', until: 5 }],
    ['a text', 'Wrong name or word.'],
    ['an empty text', ''],
    ['a list', ['a', 'b']],
    ['an error', new Error('The directory is read-only.')],
    ['a message that is no text', { message: 7 }],
  ])('reaches a custom callback unchanged after a failure: %s', async (_what, info) => {
    const [error, user, given, status] = await callbackGets('wrong', info);
    expect([error, user, status]).toEqual([null, false, 401]);
    expect(given).toBe(info);
  });

  it('is a status where it is a number, as with passport-local', async () => {
    expect(await callbackGets('wrong', 403)).toEqual([null, false, undefined, 403]);
  });

  it.each([[undefined], [null]])('is a sentence of ours where the host gave %s', async (info) => {
    const [, , given] = await callbackGets('wrong', info);
    expect(given).toEqual({ message: sentenceFor(ENGLISH, 'wrong-credentials') });
  });

  it.each([[{ scope: 'all' }], ['Welcome back.'], [undefined]])(
    'reaches a custom callback beside the user: %j',
    async (info) => {
      const [error, user, given] = await callbackGets(CREDENTIALS.password, info);
      expect([error, (user as { id: string }).id]).toEqual([null, 'ada']);
      expect(given).toBe(info);
    },
  );

  async function signIn(options: object, info: unknown, password: string) {
    const { app, mfa, flashes } = createLoginHost({
      express,
      createPassport,
      info,
      login: ({ app: host, passports }) => {
        host.post('/login', passports.authenticate('mfa', options), (req, res) =>
          res.json({ info: req.authInfo }),
        );
        host.get('/messages', (req, res) => {
          res.json((req.session as { messages?: unknown }).messages ?? []);
        });
      },
    });
    const agent = request.agent(app);
    const answer = await agent.post('/login').type('form').send({ username: 'ada', password });
    const messages: unknown = (await agent.get('/messages')).body;
    await mfa.close();
    return { answer, flashes, messages };
  }

  it('is flashed after a failure, with its own kind', async () => {
    const options = { failureRedirect: '/login', failureFlash: true };
    expect((await signIn(options, 'No such name.', 'wrong')).flashes).toEqual([['error', 'No such name.']]);
    const warned = await signIn(options, { message: 'Locked.', type: 'warning' }, 'wrong');
    expect(warned.flashes).toEqual([['warning', 'Locked.']]);
    // Passport flashes texts only; it is no reason to flash something else.
    expect((await signIn(options, { msg: 'No such name.' }, 'wrong')).flashes).toEqual([]);
    expect((await signIn(options, undefined, 'wrong')).flashes).toEqual([
      ['error', sentenceFor(ENGLISH, 'wrong-credentials')],
    ]);
  });

  it('is the message after a failure', async () => {
    const options = { failureRedirect: '/login', failureMessage: true };
    expect((await signIn(options, { message: 'Locked.' }, 'wrong')).messages).toEqual(['Locked.']);
    expect((await signIn(options, 'No such name.', 'wrong')).messages).toEqual(['No such name.']);
    expect((await signIn(options, { msg: 'No such name.' }, 'wrong')).messages).toEqual([]);
  });

  it('is what a refusal without a redirect names in WWW-Authenticate', async () => {
    const { answer } = await signIn({}, 'Form realm="notes"', 'wrong');
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Form realm="notes"']);
  });

  it('is flashed, and is req.authInfo, after a success', async () => {
    const info = { message: 'Welcome back.', scope: 'all' };
    const { answer, flashes } = await signIn({ successFlash: true }, info, CREDENTIALS.password);
    expect(flashes).toEqual([['success', 'Welcome back.']]);
    expect(answer.body).toEqual({ info });
  });
});
