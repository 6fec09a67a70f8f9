import type { MfaOptions } from '../../src/index';
import { createAdminHost, HOST_PASSWORD, type AdminHost, type HostUser } from './admin-host';
import { createHttpAgent, type HttpAgent } from './http-agent';
import { plantApp } from './planted';
import { totpCode, wrongCode } from './totp';

/** One page as the browser gets it. */
export interface PageState {
  readonly name: string;
  readonly language: string;
  readonly html: string;
}

type Options = Pick<MfaOptions<HostUser>, 'languages' | 'messages' | 'brand'> & {
  readonly languages: readonly string[];
};

const PHONE = '+442079460018';
const EMAIL = 'mary.private@acme.example';
const SECOND = 1000;
const MINUTE = 60_000;
const ACME = '/admin/mfa/acme';

/**
 * Every page in the states that people see it in, each in every language: one walk through a host, on which each page is asked for
 * once a language. Asking changes nothing, and neither does what is refused.
 */
export async function collectPages(
  options: Options,
): Promise<{ readonly host: AdminHost; readonly pages: readonly PageState[] }> {
  const host = createAdminHost({
    passkeys: { signIn: true },
    directory: { maySignIn: () => true },
    appearance: options,
  });
  const methods = ['passkey', 'totp', 'email', 'sms'];
  const rules = { enrollment: 'optional', skips: 3, rememberBrowserSeconds: 86_400 } as const;
  await host.mfa.policies.save('acme', { enabled: true, methods, ...rules });
  const pages: PageState[] = [];
  const visit = () => createVisitor(host, options.languages, pages);
  const elsewhere = visit();
  await elsewhere.look('sign-in', '/mfa/login');
  await elsewhere.refused('sign-in-refused', '/mfa/login', { username: 'stranger' });
  const mary = visit();
  const { secret, recoveryCode } = await setUpMethods(host, mary);
  await signInAgain(host, elsewhere, secret);
  await useSettings(host, mary, secret);
  await useRecoveryCode(host, visit(), recoveryCode);
  await lockAndUnlock(host, visit());
  await administer(host, visit());
  return { host, pages };
}

interface Visitor {
  /** Notes the page in every language. */
  look(name: string, path: string): Promise<void>;
  /** Notes what a form is refused with, in every language. */
  refused(name: string, path: string, fields?: object): Promise<void>;
  /** A step on the way, as JSON. */
  go(path: string, body?: object): Promise<unknown>;
  get(path: string): Promise<unknown>;
  readonly agent: HttpAgent;
}

function createVisitor(host: AdminHost, languages: readonly string[], pages: PageState[]): Visitor {
  const agent = createHttpAgent(host.app);
  return {
    agent,
    async look(name, path) {
      for (const language of languages) {
        const page = await agent.get(path, { 'accept-language': language });
        expect({ name, type: page.type, to: page.headers['location'] }).toEqual({ name, type: 'text/html' });
        pages.push({ name, language, html: page.text });
      }
    },
    async refused(name, path, fields = {}) {
      for (const language of languages) {
        const page = await agent.post(path, { ...fields }, { 'accept-language': language });
        expect({ name, type: page.type, to: page.headers['location'] }).toEqual({ name, type: 'text/html' });
        pages.push({ name, language, html: page.text });
      }
    },
    async go(path, body = {}) {
      const answer = await agent.postJson(path, body);
      expect([path, answer.body]).toEqual([path, expect.objectContaining({ outcome: expect.any(String) })]);
      return answer.body;
    },
    get: async (path) => (await agent.getJson(path)).body,
  };
}

function newest({ outbox }: AdminHost, to: string, what = /\b\d{6}\b/): string {
  const message = outbox.messages.findLast((sent) => sent.to === to && what.test(sent.text));
  return what.exec(message?.text ?? '')?.[0] ?? '';
}

async function setUpMethods(host: AdminHost, mary: Visitor) {
  await mary.go('/mfa/login', { username: 'mary', password: HOST_PASSWORD });
  await mary.look('enroll', '/mfa/enroll');
  await mary.go('/mfa/enroll/skip');
  host.clock.advance(SECOND);
  await mary.look('step-up-password', '/mfa/step-up');
  await mary.go('/mfa/step-up', { password: HOST_PASSWORD });
  await mary.look('enroll-phone', '/mfa/enroll/sms');
  await mary.refused('enroll-phone-refused', '/mfa/enroll/sms', { phone: 'no number' });
  await mary.go('/mfa/enroll/sms', { phone: PHONE });
  await mary.look('enroll-phone-code', '/mfa/enroll/sms');
  await mary.refused('enroll-phone-code-refused', '/mfa/enroll/sms/confirm', { code: 'x' });
  const enrolled = await mary.go('/mfa/enroll/sms/confirm', { code: newest(host, PHONE) });
  const [recoveryCode = ''] = (enrolled as { recoveryCodes: readonly string[] }).recoveryCodes;
  await mary.look('recovery-codes', '/mfa/enroll/recovery-codes');
  await mary.refused('recovery-codes-refused', '/mfa/enroll/recovery-codes');
  await mary.go('/mfa/enroll/recovery-codes', { saved: true });
  await mary.look('done', '/mfa/enroll/done');
  await mary.look('enroll-email', '/mfa/enroll/email');
  await mary.refused('enroll-email-refused', '/mfa/enroll/email', { email: 'no address' });
  await mary.go('/mfa/enroll/email', { email: EMAIL });
  await mary.look('enroll-email-code', '/mfa/enroll/email');
  await mary.go('/mfa/enroll/email/confirm', { code: newest(host, EMAIL) });
  await mary.look('enroll-app', '/mfa/enroll/totp');
  const { totp } = (await mary.go('/mfa/enroll/totp')) as { totp: { secret: string } };
  await mary.look('enroll-app-code', '/mfa/enroll/totp');
  await mary.refused('enroll-app-code-refused', '/mfa/enroll/totp/confirm', { code: 'x' });
  await mary.go('/mfa/enroll/totp/confirm', { code: totpCode(totp.secret, host.clock.now()) });
  await mary.look('enroll-passkey', '/mfa/enroll/passkey');
  await mary.go('/mfa/enroll/passkey', { variant: 'passkey' });
  await mary.look('enroll-passkey-prompt', '/mfa/enroll/passkey');
  await mary.look('enroll-another', '/mfa/enroll');
  return { secret: totp.secret, recoveryCode };
}

/** With each method on file, from a browser that is remembered then. */
async function signInAgain(host: AdminHost, mary: Visitor, secret: string): Promise<void> {
  host.clock.advance(MINUTE);
  await mary.go('/mfa/login', { username: 'mary', password: HOST_PASSWORD });
  await mary.look('challenge-app', '/mfa/challenge');
  await mary.refused('challenge-app-refused', '/mfa/challenge', { code: 'x' });
  const { anyOf } = (await mary.get('/mfa/challenge')) as {
    anyOf: { authenticatorId: string; kind: string }[];
  };
  const choose = (wanted: string) =>
    mary.go('/mfa/challenge/factor', {
      authenticatorId: anyOf.find(({ kind }) => kind === wanted)?.authenticatorId,
    });
  for (const kind of ['sms', 'recovery-code', 'email']) {
    await choose(kind);
    await mary.look(`challenge-${kind}`, '/mfa/challenge');
  }
  host.clock.advance(6 * MINUTE);
  await mary.look('challenge-expired', '/mfa/challenge');
  await choose('totp');
  await mary.go('/mfa/challenge', { code: totpCode(secret, host.clock.now()), rememberBrowser: true });
}

async function useSettings(host: AdminHost, mary: Visitor, secret: string): Promise<void> {
  await mary.look('settings', '/mfa/settings');
  await mary.look('sessions', '/mfa/sessions');
  host.clock.advance(11 * MINUTE);
  await mary.look('step-up', '/mfa/step-up?returnTo=%2Fmfa%2Fsettings');
  const { anyOf } = (await mary.get('/mfa/step-up')) as {
    anyOf: { authenticatorId: string; kind: string }[];
  };
  const authenticatorId = anyOf.find(({ kind }) => kind === 'totp')?.authenticatorId;
  await mary.refused('step-up-refused', '/mfa/step-up', { authenticatorId, code: 'x' });
  await mary.go('/mfa/step-up', { authenticatorId, code: totpCode(secret, host.clock.now()) });
  await mary.look('not-found', '/mfa/nowhere');
  await mary.refused('out-of-date', '/mfa/logout', { _csrf: 'x' });
}

async function useRecoveryCode(host: AdminHost, mary: Visitor, code: string): Promise<void> {
  await mary.go('/mfa/login', { username: 'mary', password: HOST_PASSWORD });
  const { anyOf } = (await mary.get('/mfa/challenge')) as {
    anyOf: { authenticatorId: string; kind: string }[];
  };
  const authenticatorId = anyOf.find(({ kind }) => kind === 'recovery-code')?.authenticatorId;
  await mary.go('/mfa/challenge/factor', { authenticatorId });
  await mary.go('/mfa/challenge', { code });
  await mary.look('recovered', '/mfa/recovered');
}

async function lockAndUnlock(host: AdminHost, bob: Visitor): Promise<void> {
  const { secret } = await plantApp(host, 'bob');
  const password = { username: 'bob', password: HOST_PASSWORD };
  const code = () => totpCode(secret, host.clock.now());
  for (let guess = 0; guess < 10; guess += 1) {
    if (guess % 5 === 0) await bob.go('/mfa/login', password);
    await bob.go('/mfa/challenge', { code: wrongCode(code()) });
  }
  await bob.look('challenge-locked', '/mfa/challenge');
  await host.mfa.settled();
  const token = newest(host, 'bob@acme.example', /(?<=\/mfa\/unlock\?token=)\S+/);
  const link = `/mfa/unlock?token=${token}`;
  await bob.look('unlock', link);
  await bob.go('/mfa/unlock', { token: decodeURIComponent(token) });
  await bob.go('/mfa/login', password);
  await bob.look('unlock-challenge', '/mfa/unlock/challenge');
  const { anyOf } = (await bob.get('/mfa/unlock/challenge')) as { anyOf: object[] };
  host.clock.advance(MINUTE);
  await bob.go('/mfa/unlock/challenge', { ...anyOf[0], code: code() });
  await bob.look('unlock-over', link);
}

async function administer(host: AdminHost, ada: Visitor): Promise<void> {
  const { secret } = await plantApp(host, 'ada');
  await ada.go('/mfa/login', { username: 'ada', password: HOST_PASSWORD });
  await ada.go('/mfa/challenge', { code: totpCode(secret, host.clock.now()) });
  const alan = { userId: 'alan', organizationId: 'acme' };
  await host.mfa.members.exempt(
    { ...alan, actorId: 'ada' },
    { reason: 'Export', until: host.clock.now() + 10 * 86_400_000 },
  );
  for (const page of ['', '/policy', '/members', '/sessions', '/events', '/disable'])
    await ada.look(`admin${page.replace('/', '-')}`, ACME + page);
  await ada.look('admin-organizations', '/admin/mfa');
  await ada.look('admin-members-none', `${ACME}/members?q=nobody`);
  for (const userId of ['mary', 'alan', 'bob'])
    await ada.look(`admin-member-${userId}`, `${ACME}/members/${userId}`);
  for (const act of ['remind', 'assign', 'exempt', 'end-sessions'])
    await ada.look(`admin-bulk-${act}`, `${ACME}/bulk?act=${act}&filter=all`);
  await ada.look('admin-bulk-nobody', `${ACME}/bulk?act=remind&scope=chosen`);
  await ada.go(`${ACME}/bulk`, { act: 'assign', user: ['alan'] });
  await ada.look('admin-bulk-progress', `${ACME}/bulk/assign`);
  await ada.refused('admin-policy-preview', `${ACME}/policy/preview`, {
    whole: 'yes',
    enrollment: 'required',
  });
  await ada.refused('admin-policy-refused', `${ACME}/policy`, { skips: 'many' });
  await host.mfa.policies.save('acme', { skips: 4 });
  await ada.refused('admin-policy-conflict', `${ACME}/policy`, { skips: '9', version: '1' });
  await ada.refused('admin-member-refused', `${ACME}/members/mary/exemption`, {
    reason: '',
    until: '2099-01-01',
  });
  await ada.refused('admin-disable-confirm', `${ACME}/disable`, { forgetDevices: 'yes' });
  host.clock.advance(11 * MINUTE);
  const asked = await ada.agent.post(`${ACME}/sessions/end-all`);
  await ada.look('step-up-act', asked.headers['location'] ?? '');
  await ada.look(
    'admin-sessions-kept',
    new URLSearchParams(asked.headers['location']?.split('?')[1]).get('returnTo') ?? '',
  );
  host.clock.advance(MINUTE);
  const { anyOf } = (await ada.get('/mfa/step-up')) as { anyOf: { authenticatorId: string }[] };
  await ada.go('/mfa/step-up', { ...anyOf[0], code: totpCode(secret, host.clock.now()) });
  await ada.go(`${ACME}/disable`, { confirm: true, forgetDevices: true });
  for (const page of ['', '/policy', '/disable'])
    await ada.look(`admin-off${page.replace('/', '-')}`, ACME + page);
}
