import { HOST_PASSWORD, type AdminHost } from '../../support/admin-host';
import type { CreationOptions, RequestOptions } from '../../../src/testing/software-passkey';
import { aPasskey } from '../../support/passkeys';
import { plantApp } from '../../support/planted';
import { totpCode, wrongCode } from '../../support/totp';

/*
 * Walks through every route of our pages as JSON. A route that is added belongs into one of them.
 */

/** Somebody in a browser of their own. `id` stands for `{id}` in the path. */
export interface Visitor {
  get(path: string, id?: string): Promise<Answer>;
  post(path: string, body?: object, id?: string): Promise<Answer>;
}

interface Answer {
  readonly body: unknown;
}

function newest({ outbox }: AdminHost, to: string, what = /\b\d{6}\b/): string {
  const message = outbox.messages.findLast((sent) => sent.to === to && what.test(sent.text));
  return what.exec(message?.text ?? '')?.[0] ?? '';
}

const PHONE = '+442079460018';
const EMAIL = 'mary.private@acme.example';
const RESEND_MS = 61_000;
const STEP_MS = 30_000;

export async function enrollEverything(host: AdminHost, mary: Visitor): Promise<string> {
  await mary.post('/mfa/login', { username: 'mary', password: HOST_PASSWORD });
  await mary.get('/mfa/enroll');
  await mary.post('/mfa/enroll/skip');
  host.clock.advance(1000);
  await mary.get('/mfa/step-up');
  await mary.post('/mfa/step-up', { password: 'wrong' });
  await mary.post('/mfa/step-up', { password: HOST_PASSWORD });
  for (const [kind, address, field] of [
    ['sms', PHONE, 'phone'],
    ['email', EMAIL, 'email'],
  ] as const) {
    await mary.get(`/mfa/enroll/${kind}`);
    await mary.post(`/mfa/enroll/${kind}`, { [field]: 'no address' });
    await mary.post(`/mfa/enroll/${kind}`, { [field]: address });
    await mary.post(`/mfa/enroll/${kind}/confirm`, { code: '1' });
    host.clock.advance(RESEND_MS);
    await mary.post(`/mfa/enroll/${kind}/resend`);
    await mary.post(`/mfa/enroll/${kind}/confirm`, { code: newest(host, address) });
  }
  await mary.get('/mfa/enroll/totp');
  const { totp } = (await mary.post('/mfa/enroll/totp')).body as { totp: { secret: string } };
  await mary.post('/mfa/enroll/totp/confirm', { code: totpCode(totp.secret, host.clock.now()) });
  await mary.get('/mfa/enroll/recovery-codes');
  await mary.post('/mfa/enroll/recovery-codes/download');
  await mary.post('/mfa/enroll/recovery-codes');
  await mary.post('/mfa/enroll/recovery-codes', { saved: true });
  await mary.get('/mfa/enroll/done');
  await mary.get('/mfa/recovered');
  return totp.secret;
}

export async function usePasskey({ clock }: AdminHost, alan: Visitor, again: Visitor) {
  const passkey = aPasskey();
  const password = { username: 'alan', password: HOST_PASSWORD };
  await alan.post('/mfa/login', password);
  clock.advance(1000);
  await alan.post('/mfa/step-up', { password: HOST_PASSWORD });
  await alan.get('/mfa/enroll/passkey');
  const begun = await alan.post('/mfa/enroll/passkey', { variant: 'passkey' });
  const created = passkey.register((begun.body as { passkey: { options: CreationOptions } }).passkey.options);
  await alan.post('/mfa/enroll/passkey/confirm', { response: '{}' });
  await alan.post('/mfa/enroll/passkey/confirm', { response: created, label: 'My phone' });
  const asked = await again.post('/mfa/login', password);
  const { options } = (asked.body as { passkey: { options: RequestOptions } }).passkey;
  await again.get('/mfa/challenge');
  await again.post('/mfa/challenge', { response: passkey.authenticate(options) });
  await again.post('/mfa/logout');
  const offered = await again.post('/mfa/login/passkey/options');
  const { options: wayIn } = (offered.body as { passkey: { options: RequestOptions } }).passkey;
  await again.post('/mfa/login/passkey', { response: '{}' });
  await again.post('/mfa/login/passkey', { response: passkey.authenticate(wayIn) });
}

interface Listed {
  readonly id: string;
  readonly kind: string;
  readonly current?: boolean;
}

export async function changeSettings(mary: Visitor, other: Visitor) {
  const own = '/mfa/settings/authenticators/{id}';
  const { authenticators } = (await mary.get('/mfa/settings')).body as { authenticators: Listed[] };
  const phone = authenticators.find(({ kind }) => kind === 'sms')?.id;
  await mary.post(`${own}/rename`, { label: 'Mine' }, phone);
  await mary.post(`${own}/rename`, { label: 'Mine' }, 'unknown');
  await mary.post(`${own}/ask-first`, {}, phone);
  await mary.post('/mfa/settings/recovery-codes');
  const browsers = await other.get('/mfa/settings/remembered-browsers');
  const [browser] = (browsers.body as { rememberedBrowsers: Listed[] }).rememberedBrowsers;
  await mary.post('/mfa/settings/remembered-browsers/{id}/forget', {}, browser?.id);
  await mary.post('/mfa/settings/remembered-browsers/forget-all');
  const { sessions } = (await mary.get('/mfa/sessions')).body as { sessions: Listed[] };
  await mary.post('/mfa/sessions/{id}/end', {}, sessions.find(({ current }) => current === false)?.id);
  await mary.post('/mfa/sessions/end-others');
  await mary.post(`${own}/remove`, {}, phone);
  await mary.get('/mfa/state');
}

/** By email at first, then with the app, from a browser that is remembered. */
export async function signInElsewhere(host: AdminHost, mary: Visitor, secret: string) {
  await mary.post('/mfa/login', { username: 'mary', password: 'wrong' });
  await mary.post('/mfa/login', { username: 'mary', password: HOST_PASSWORD });
  const { anyOf } = (await mary.get('/mfa/challenge')).body as {
    anyOf: { authenticatorId: string; kind: string }[];
  };
  await mary.post('/mfa/challenge', { code: '000000' });
  const choose = (wanted: string) => {
    const option = anyOf.find(({ kind }) => kind === wanted);
    return mary.post('/mfa/challenge/factor', { authenticatorId: option?.authenticatorId });
  };
  await choose('email');
  host.clock.advance(RESEND_MS);
  await mary.post('/mfa/challenge/resend');
  await choose('totp');
  const code = totpCode(secret, host.clock.now());
  await mary.post('/mfa/challenge', { code, rememberBrowser: true });
}

export async function lockAndUnlock(host: AdminHost, bob: Visitor): Promise<void> {
  const { secret } = await plantApp(host, 'bob');
  const password = { username: 'bob', password: HOST_PASSWORD };
  const code = () => totpCode(secret, host.clock.now());
  for (let guess = 0; guess < 10; guess += 1) {
    if (guess % 5 === 0) await bob.post('/mfa/login', password);
    await bob.post('/mfa/challenge', { code: wrongCode(code()) });
  }
  await bob.get('/mfa/challenge');
  await host.mfa.settled();
  const token = newest(host, 'bob@acme.example', /(?<=\/mfa\/unlock\?token=)\S+/);
  await bob.get(`/mfa/unlock?token=${token}`);
  await bob.post('/mfa/unlock', { token: decodeURIComponent(token) });
  await bob.post('/mfa/login', password);
  const { anyOf } = (await bob.get('/mfa/unlock/challenge')).body as { anyOf: { authenticatorId: string }[] };
  const [asked] = anyOf;
  await bob.post('/mfa/unlock/challenge', { ...asked, code: wrongCode(code()) });
  host.clock.advance(STEP_MS);
  await bob.post('/mfa/unlock/challenge', { ...asked, code: code() });
  await bob.post('/mfa/logout');
}

const ACME = '/admin/mfa/{organizationId}';

export async function administer(host: AdminHost, ada: Visitor): Promise<void> {
  const { secret } = await plantApp(host, 'ada');
  await ada.post('/mfa/login', { username: 'ada', password: HOST_PASSWORD });
  await ada.post('/mfa/challenge', { code: totpCode(secret, host.clock.now()) });
  await ada.get('/admin/mfa');
  const lists = ['/members?filter=none', '/events?name=none', '/members?limit=2', '/events?limit=2'];
  const pages = ['', '/policy', '/disable', '/members.csv', '/members/{userId}', '/sessions', '/events.csv'];
  for (const page of [...lists, ...pages]) await ada.get(`${ACME}${page}`);
  await ada.post(`${ACME}/policy/preview`, { enrollment: 'required' });
  await ada.post(`${ACME}/policy`, { enrollment: 'sometimes' });
  await ada.post(`${ACME}/policy`, { enrollment: 'required' });
  await ada.post(`${ACME}/policy`, { enrollment: 'optional', version: 1 });
  const acts = [
    ['settings', { enabled: true, assignedKind: 'email' }],
    ['settings', { enabled: 'perhaps' }],
    ['exemption', { reason: 'nightly export', until: new Date(host.clock.now() + 86_400_000).toISOString() }],
    ['exemption', {}],
    ['exemption/end', {}],
    ['reset', {}],
    ['reset', { reason: 'lost the phone' }],
    ['unlock', {}],
    ['end-sessions', {}],
  ] as const;
  const { sessions } = (await ada.get(`${ACME}/sessions?q=mary`)).body as { sessions: Listed[] };
  await ada.post(`${ACME}/members/{userId}/sessions/{id}/end`, {}, sessions[0]?.id);
  await ada.get(`${ACME}/bulk?act=remind&filter=not-configured`);
  await ada.post(`${ACME}/bulk`, { act: 'assign', assignedKind: 'fax', user: ['mary'] });
  await ada.post(`${ACME}/bulk`, { act: 'assign', user: ['alan'] });
  await ada.get(`${ACME}/bulk/{act}`);
  for (const [act, body] of acts) await ada.post(`${ACME}/members/{userId}/${act}`, body);
  await ada.post(`${ACME}/members/{userId}/settings`, { enabled: false });
  await ada.post(`${ACME}/members/{userId}/remind`);
  await ada.post(`${ACME}/members/{userId}/remind`);
  await ada.get(`${ACME}/members/{userId}`);
  await ada.post(`${ACME}/sessions/end-all`, { keepMine: true });
  await ada.post(`${ACME}/disable`);
  await ada.post(`${ACME}/disable`, { confirm: true, forgetDevices: true });
  await ada.get(`${ACME}/disable`);
}
