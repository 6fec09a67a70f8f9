import { parse } from './csv-reader';
import {
  createAdminHost,
  enrollApp,
  signIn,
  signInProtected,
  signInToChange,
} from '../../support/admin-host';
import type { AdminHost } from '../../support/admin-host';
import type { HttpAgent } from '../../support/http-agent';
import { hiddenFields, linkTo, textOf } from '../../support/page-text';

const MEMBERS = '/admin/mfa/acme/members';
const DAY = 86_400_000;

interface Listed {
  readonly members: readonly { readonly id: string; readonly mfa: Readonly<Record<string, unknown>> }[];
  readonly nextCursor?: string;
}

describe('the members', () => {
  let host: AdminHost;
  let agent: HttpAgent;

  beforeAll(async () => {
    host = createAdminHost();
    ({ agent } = await signInProtected(host, 'ada'));
  });

  const idsOf = async (query: string) => {
    const { body, status } = await agent.getJson(`${MEMBERS}${query}`);
    expect({ query, status }).toEqual({ query, status: 200 });
    return (body as Listed).members.map(({ id }) => id).toSorted();
  };

  it('are listed with the state of each', async () => {
    await agent.postJson(`${MEMBERS}/sync/exemption`, { reason: 'data export', until: '2026-12-31' });
    const { body } = await agent.getJson(MEMBERS);
    const { members } = body as Listed;
    const byId = new Map(members.map((member) => [member.id, member]));
    expect(byId.get('ada')).toMatchObject({
      name: 'Ada Lovelace',
      email: 'ada@acme.example',
      mfa: { configured: true, kinds: ['totp'], federated: false },
    });
    expect(byId.get('sync')?.mfa).toMatchObject({
      configured: false,
      exemption: { reason: 'data export', grantedBy: 'ada', until: Date.UTC(2026, 11, 31) },
    });
    const page = await agent.get(MEMBERS);
    expect(page.text).toContain('Not configured');
    expect(page.text).toContain('exempt until 31 Dec 2026 · data export');
  });

  it('are filtered and searched, and the address keeps both', async () => {
    await agent.postJson(`${MEMBERS}/sync/exemption`, { reason: 'data export', until: '2026-12-31' });
    expect(await idsOf('?filter=totp')).toEqual(['ada']);
    expect(await idsOf('?filter=exempt')).toEqual(['sync']);
    expect(await idsOf('?q=turing')).toEqual(['alan']);
    expect(await idsOf('?filter=totp&q=turing')).toEqual([]);
    const page = await agent.get(`${MEMBERS}?filter=not-configured&q=acme.example`);
    expect(page.text).toContain(`href="${MEMBERS}.csv?filter=not-configured&amp;q=acme.example"`);
    expect(page.text).toContain('name="filter" value="not-configured"');
    expect(linkTo(page.text, 'acme.example Clear search')).toBe(`${MEMBERS}?filter=not-configured`);
  });

  it('come in pages by cursor, each member once', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < 10; pages += 1) {
      const query = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { body } = await agent.getJson(`${MEMBERS}?limit=2${query}`);
      const listed = body as Listed;
      expect(listed.members.length).toBeLessThanOrEqual(2);
      seen.push(...listed.members.map(({ id }) => id));
      cursor = listed.nextCursor;
      if (cursor === undefined) break;
    }
    expect(seen.toSorted()).toEqual(['ada', 'alan', 'bob', 'mary', 'sync']);
    const page = await agent.get(`${MEMBERS}?limit=2`);
    const next = /href="([^"]+)" rel="next"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&');
    expect((await agent.get(next ?? '')).text).toContain('First page');
  });

  it('say which rows they show, and lead to the page before', async () => {
    const linked = (html: string, rel: string) =>
      new RegExp(`href="([^"]+)" rel="${rel}"`).exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const first = await agent.get(`${MEMBERS}?limit=2`);
    expect(textOf(first.text)).toContain('1–2 of 5');
    expect(linked(first.text, 'prev')).toBe('');
    const second = await agent.get(linked(first.text, 'next'));
    expect(textOf(second.text)).toContain('3–4 of 5');
    const third = await agent.get(linked(second.text, 'next'));
    expect(textOf(third.text)).toContain('5–5 of 5');
    const back = await agent.get(linked(third.text, 'prev'));
    expect(textOf(back.text)).toContain('3–4 of 5');
    expect(linked(back.text, 'prev')).toBe(`${MEMBERS}?limit=2`);
    const found = await agent.get(`${MEMBERS}?q=a&limit=2`);
    expect(textOf(found.text)).toMatch(/1–2 (?!of)/);
    const odd = await agent.get(`${MEMBERS}?at=-5&trail=x&trail=1~%22%3E&cursor=nonsense`);
    expect([odd.status, odd.text.includes('">"')]).toEqual([200, false]);
  });

  const click = (html: string, words: string) => agent.get(linkTo(html, words));

  it('are exempted one by one in five clicks from the overview, of which one opens the form', async () => {
    const overview = await agent.get('/admin/mfa/acme');
    const list = await click(overview.text, 'Members');
    expect(list.text).toContain(`action="${MEMBERS}" role="search"`);
    const found = await agent.get(`${MEMBERS}?q=turing`);
    const alan = await click(found.text, 'Alan Turing');
    const form = `${MEMBERS}/alan/exemption`;
    const until = '2026-12-31';
    const sent = await agent.post(form, { ...hiddenFields(alan.text, form), reason: 'travel', until });
    expect(sent.headers['location']).toBe(`${MEMBERS}/alan?done=exempted`);
    await agent.postJson(`${form}/end`);
  });

  it('that have nothing set up are all reminded in three clicks from the overview', async () => {
    await host.mfa.settled();
    const overview = await agent.get('/admin/mfa/acme');
    const list = await click(overview.text, 'not configured');
    const confirm = await click(list.text, 'Remind all');
    expect(textOf(confirm.text)).toContain('Send reminders');
    const bulk = '/admin/mfa/acme/bulk';
    const sent = await agent.post(bulk, hiddenFields(confirm.text, bulk));
    expect(sent.headers['location']).toBe(`${bulk}/remind`);
    await host.mfa.settled();
    expect(host.outbox.messages.filter(({ text }) => text.includes('asks you to set up'))).not.toEqual([]);
  });

  it.each([
    ['filter=everyone', 400],
    ['filter=totp&filter=sms', 400],
    ['filter[a]=totp', 200],
    ['limit=0', 400],
    ['limit=100000', 400],
    ['limit=-1', 400],
    ['limit=ten', 400],
    ['limit=5&limit=6', 400],
    ['cursor=nonsense', 200],
    ['q=.*', 200],
    ['q[$ne]=x', 200],
    [`q=${'x'.repeat(3000)}`, 200],
  ])('answer %s plainly', async (query, status) => {
    const json = await agent.getJson(`${MEMBERS}?${query}`);
    expect(json.status).toBe(status);
    expect((await agent.get(`${MEMBERS}?${query}`)).status).toBe(status);
    expect(host.errors).toEqual([]);
  });

  it('are downloaded as CSV, filtered like the list', async () => {
    const { text, headers } = await agent.get(`${MEMBERS}.csv?filter=totp`);
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(headers['content-disposition']).toBe('attachment; filename=members-acme.csv');
    const [columns, ...rows] = parse(text);
    expect(columns?.slice(0, 3)).toEqual(['id', 'name', 'email']);
    expect(rows.map(([id]) => id)).toEqual(['ada']);
  });
});

describe('one member', () => {
  let host: AdminHost;
  let agent: HttpAgent;

  beforeAll(async () => {
    host = createAdminHost();
    ({ agent } = await signInProtected(host, 'ada'));
  });

  const settings = async (id: string) => (await host.records.findMember(id, 'acme')).settings;

  it('is switched on with a type, and asked at the next request of a session that is open', async () => {
    const alan = await signIn(host, 'alan');
    expect((await alan.get('/')).status).toBe(200);
    const saved = await agent.post(`${MEMBERS}/alan/settings`, {
      whole: 'yes',
      enabled: 'on',
      assignedKind: 'email',
    });
    expect(saved.headers['location']).toBe(`${MEMBERS}/alan?done=settings`);
    const asked = await alan.get('/');
    expect(asked.headers['location']).toContain('/mfa/challenge');
    const off = await agent.post(`${MEMBERS}/alan/settings`, { whole: 'yes', assignedKind: '' });
    expect(off.status).toBe(303);
    expect((await alan.get('/')).status).toBe(200);
  });

  it('shows no secret and no full phone number', async () => {
    const mary = await signInToChange(host, 'mary');
    const secret = await enrollApp(host, mary);
    await host.mfa.settled();
    for (const answered of [
      await agent.get(`${MEMBERS}/mary`),
      await agent.getJson(`${MEMBERS}/mary`),
      await agent.get('/admin/mfa/acme/events'),
      await agent.get('/admin/mfa/acme/events.csv'),
    ]) {
      expect(answered.status).toBe(200);
      expect(answered.text).not.toContain(secret);
      expect(answered.text).not.toContain('442079460018');
      expect(answered.text).not.toContain('sealedSecret');
    }
  });

  it('is exempted with a reason and an end, and the exemption is extended and ended', async () => {
    const form = { reason: 'lost phone, new one on Friday', until: '2026-01-20' };
    expect((await agent.post(`${MEMBERS}/alan/exemption`, form)).status).toBe(303);
    expect((await settings('alan')).exemption).toMatchObject({
      grantedBy: 'ada',
      until: Date.UTC(2026, 0, 20),
    });
    await agent.post(`${MEMBERS}/alan/exemption`, { ...form, until: '2026-01-25' });
    expect((await settings('alan')).exemption?.until).toBe(Date.UTC(2026, 0, 25));
    expect((await agent.get(`${MEMBERS}/alan`)).text).toContain('lost phone, new one on Friday');
    await agent.post(`${MEMBERS}/alan/exemption/end`);
    expect((await settings('alan')).exemption).toBeNull();
  });

  it.each([
    ['alan', { reason: '', until: '2026-12-31' }, 400, 'reason-missing'],
    ['alan', { reason: '  ', until: '2026-12-31' }, 400, 'reason-missing'],
    ['alan', { until: '2026-12-31' }, 400, 'reason-missing'],
    ['alan', { reason: 'x', until: '2026-01-15' }, 400, 'end-not-in-future'],
    ['alan', { reason: 'x', until: '2025-12-31' }, 400, 'end-not-in-future'],
    ['alan', { reason: 'x', until: '2080-01-01' }, 400, 'end-too-far'],
    ['alan', { reason: 'x', until: 'never' }, 400, 'malformed-date'],
    ['alan', { reason: 'x' }, 400, 'malformed-date'],
    ['ada', { reason: 'x', until: '2026-12-31' }, 403, 'not-yourself'],
  ])('is not exempted: %s, %j', async (id, body, status, because) => {
    const json = await agent.postJson(`${MEMBERS}/${id}/exemption`, body);
    expect(json.status).toBe(status);
    expect(json.body).toMatchObject({ outcome: 'rejected', because, message: expect.any(String) });
    const page = await agent.post(`${MEMBERS}/${id}/exemption`, body);
    expect(page.status).toBe(status);
    expect(page.text).toContain('role="alert"');
    expect((await settings(id)).exemption).toBeNull();
  });

  it.each([
    { enabled: 'maybe' },
    {},
    { enabled: true, assignedKind: 'recovery-code' },
    { enabled: true, assignedKind: ['email'] },
  ])('keeps the settings after %j', async (body) => {
    const before = await settings('alan');
    const json = await agent.postJson(`${MEMBERS}/alan/settings`, body);
    expect(json.status).toBe(400);
    expect(await settings('alan')).toEqual(before);
  });

  it('is reset with a reason, told, and signed out; without one nothing happens', async () => {
    const sync = await signInToChange(host, 'sync');
    await enrollApp(host, sync);
    const refused = await agent.post(`${MEMBERS}/sync/reset`, { reason: ' ' });
    expect(refused.status).toBe(400);
    expect((await sync.get('/')).status).toBe(200);
    const reset = await agent.postJson(`${MEMBERS}/sync/reset`, { reason: 'lost phone, called back' });
    expect(reset.body).toMatchObject({ outcome: 'reset', removed: 1, next: `${MEMBERS}/sync` });
    expect((await sync.get('/')).headers['location']).toContain('/mfa/login');
    await host.mfa.settled();
    expect(host.outbox.messages.some(({ to }) => to === 'sync@acme.example')).toBe(true);
    expect((await host.records.findMember('sync', 'acme')).authenticators).toEqual([]);
    const page = await agent.get(`${MEMBERS}/sync`);
    expect(page.text).toContain('Member reset');
  });

  it('is unlocked and signed out', async () => {
    const bob = await signInToChange(host, 'bob');
    await enrollApp(host, bob);
    for (let guess = 0; guess < 10; guess += 1) {
      await host.records.spendGuess({
        userId: 'bob',
        group: 'codes',
        rank: 3,
        authenticatorId: null,
        limits: { perChallenge: 5, perUser: 10, perAuthenticator: 100, lockSeconds: 1800 },
        now: host.clock.now(),
      });
    }
    expect((await agent.get(`${MEMBERS}/bob`)).text).toContain('Locked after too many wrong codes');
    expect((await agent.post(`${MEMBERS}/bob/unlock`)).status).toBe(303);
    expect((await host.records.findMember('bob', 'acme')).guesses.codes.lockedUntil).toBeNull();
    expect((await agent.post(`${MEMBERS}/bob/end-sessions`)).status).toBe(303);
    expect((await agent.getJson(`${MEMBERS}/bob`)).body).toMatchObject({ member: { sessions: 0 } });
    expect((await bob.get('/')).headers['location']).toContain('/mfa/login');
  });

  it('tells the other administrators when one of them is exempted', async () => {
    host.administrators.set('alan', ['acme']);
    await agent.postJson(`${MEMBERS}/bob/exemption`, {
      reason: 'travel',
      until: new Date(host.clock.now() + 2 * DAY).toISOString(),
    });
    await host.mfa.settled();
    const told = host.outbox.messages.filter(({ subject }) => subject !== undefined).map(({ to }) => to);
    expect(told).toContain('alan@acme.example');
  });
});
