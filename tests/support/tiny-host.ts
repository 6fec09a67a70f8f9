import type { RequestListener } from 'node:http';
import type { Response } from 'supertest';
import { createHttpAgent, type HttpAgent } from './http-agent';
import type { LoginWorld } from './login-stories';
import { hiddenFields } from './page-text';
import { totpCode } from './totp';

type CreateApp = () => RequestListener;

const versions = {
  before: () => (require('./tiny-host/before/app') as CreateApp)(),
  after: () => (require('./tiny-host/after/app') as CreateApp)(),
};

const KEY = 'BZNAa8vgZOyHkpe8SZ/0yg81YYMdfXHVYqKRkJOij6g=';
const START = Date.UTC(2026, 0, 15, 12, 0, 0);

export interface TinyHost extends LoginWorld {
  readonly app: RequestListener;
  /** Signs in for the first time and sets up an authenticator app. */
  enrollApp(identity: HttpAgent): Promise<{ readonly secret: string; readonly done: Response }>;
  finishEnrollment(identity: HttpAgent): Promise<{ readonly secret: string; readonly done: Response }>;
  /** Sends the code that the app shows now. */
  answer(identity: HttpAgent, secret: string): Promise<Response>;
}

/** The small host without or with express-mfa. It knows no clock of ours, so the date itself stands still until it is moved. */
export function startTinyHost(version: keyof typeof versions): TinyHost {
  jest.useFakeTimers({
    now: START,
    doNotFake: [
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
      'setTimeout',
      'clearTimeout',
    ],
  });
  process.env['MFA_KEY'] = KEY;
  process.env['BASE_URL'] = 'http://localhost:3000';
  const app = versions[version]();

  async function signIn(identity: HttpAgent, password = 'difference engine') {
    await identity.get('/signin');
    return identity.post('/signin', { login: 'ada', secret: password });
  }

  const answer = (identity: HttpAgent, secret: string) =>
    identity.post('/mfa/challenge', { code: totpCode(secret, Date.now()) });

  async function finishEnrollment(identity: HttpAgent) {
    await identity.get('/mfa/enroll/totp');
    const scan = await identity.follow(await identity.post('/mfa/enroll/totp'));
    const secret = /data-key="([A-Z2-7]+)"/.exec(scan.text)?.[1] ?? '';
    const codes = await identity.follow(
      await identity.post('/mfa/enroll/totp/confirm', { code: totpCode(secret, Date.now()) }),
    );
    const path = '/mfa/enroll/recovery-codes';
    const saved = { ...hiddenFields(codes.text, path), saved: 'yes' };
    const done = await identity.follow(await identity.post(path, saved));
    return { secret, done };
  }

  return {
    app,
    async enrollApp(identity) {
      await signIn(identity);
      return finishEnrollment(identity);
    },
    finishEnrollment,
    answer,
    visit: () => createHttpAgent(app, { csrfField: 'xsrf' }),
    signIn,
    home: { path: '/', greeting: 'Notes of ada' },
    wrongPasswordSentence: 'Wrong name or word.',
    clock: { now: Date.now, advance: (milliseconds) => jest.setSystemTime(Date.now() + milliseconds) },
    async stop() {
      jest.useRealTimers();
    },
  };
}
