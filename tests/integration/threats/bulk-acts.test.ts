import {
  createAdminHost,
  signIn,
  signInProtected,
  signInToChange,
  type AdminHost,
} from '../../support/admin-host';
import type { HttpAgent } from '../../support/http-agent';
import { hiddenFields, textOf } from '../../support/page-text';
import { totpCode } from '../../support/totp';

// The attack: one request changes many members. It must not reach those of another organization, run without a fresh proof or twice,
// or take a request that names nobody for one that means everybody.

const BULK = '/admin/mfa/acme/bulk';
const UNTIL = '2026-12-31';

async function exemptions(host: AdminHost, ids: readonly string[], organizationId = 'acme') {
  const found = await host.records.findMembers(ids, organizationId);
  return found.flatMap(({ userId, settings }) => (settings.exemption === null ? [] : [userId]));
}

/** The hidden fields of a form, as a browser sends them. */
function formOf(html: string, action = BULK): Record<string, string> {
  const fields = Object.entries(hiddenFields(html, action));
  return Object.fromEntries(fields.map(([name, value]) => [name, value.replaceAll('&amp;', '&')]));
}

const ACME = ['ada', 'alan', 'mary', 'sync', 'bob'];

describe('an act on many members', () => {
  let host: AdminHost;
  let agent: HttpAgent;
  let secret: string;

  beforeEach(async () => {
    host = createAdminHost();
    ({ agent, secret } = await signInProtected(host, 'ada'));
  });
  afterEach(() => host.mfa.close());

  const exempt = (fields: Readonly<Record<string, unknown>>) =>
    agent.postJson(BULK, { act: 'exempt', reason: 'move', until: UNTIL, ...fields });

  it('changes the chosen members and nobody else', async () => {
    const answer = await exempt({ user: ['alan', 'mary', 'alan'] });
    expect(answer.body).toEqual({ outcome: 'started', next: `${BULK}/exempt` });
    expect(await exemptions(host, ACME)).toEqual(['alan', 'mary']);
    const { body } = await agent.getJson(`${BULK}/exempt`);
    expect(body).toMatchObject({ progress: { done: 2, people: 2, of: 2, stopped: null } });
  });

  it('never touches members of another organization, whose ids are typed or who left meanwhile', async () => {
    const refused = await exempt({ user: ['grace', 'linus', 'nobody'] });
    expect([refused.status, refused.body]).toMatchObject([400, { because: 'nobody-chosen' }]);
    await exempt({ user: ['grace', 'alan'] });
    expect(await exemptions(host, ACME)).toEqual(['alan']);
    expect(await exemptions(host, ['grace', 'linus'])).toEqual([]);
    expect(await exemptions(host, ['grace', 'linus'], 'globex')).toEqual([]);
    await signIn(host, 'grace');
    await agent.postJson(BULK, { act: 'end-sessions', user: ['grace', 'mary'] });
    await agent.postJson(BULK, { act: 'end-sessions', filter: 'all' });
    expect(await host.mfa.sessionsOf('grace').list()).toHaveLength(1);
  });

  it('is not found by administrators of other organizations', async () => {
    const root = await signInToChange(host, 'root');
    await exempt({ user: ['alan'] });
    for (const path of [`${BULK}?act=exempt&user=mary`, `${BULK}/exempt`])
      expect((await root.getJson(path)).status).toBe(404);
    const sent = { act: 'exempt', reason: 'move', until: UNTIL, user: ['mary'] };
    expect((await root.postJson(BULK, sent)).status).toBe(404);
    const own = await root.postJson('/admin/mfa/initech/bulk', sent);
    expect(own.body).toMatchObject({ because: 'nobody-chosen' });
    expect(await exemptions(host, ACME)).toEqual(['alan']);
  });

  it.each([
    ['no member and no filter', {}],
    ['an empty list', { user: [] }],
    ['a filter that there is not', { filter: 'everyone' }],
    ['a list that is none', { user: { 0: 'alan' } }],
    ['an unknown field', { user: ['alan'], everywhere: true }],
  ])('does not take %s for everybody', async (_what, fields) => {
    const answer = await exempt(fields);
    expect(answer.status).toBe(400);
    expect(await exemptions(host, ACME)).toEqual([]);
  });

  it('of a form without a tick finds nobody, and says so', async () => {
    const page = await agent.get(`${BULK}?act=exempt&filter=all&scope=chosen`);
    expect(textOf(page.text)).toContain('Nobody is chosen.');
    expect(page.text).not.toContain('name="reason"');
  });

  it('is only counted by a GET', async () => {
    const { body } = await agent.getJson(`${BULK}?act=exempt&filter=all`);
    expect(body).toMatchObject({ act: 'exempt', count: 5, more: false });
    const page = await agent.get(`${BULK}?act=exempt&filter=all`);
    expect(textOf(page.text)).toContain('5 members');
    expect(await exemptions(host, ACME)).toEqual([]);
    expect((await agent.getJson(`${BULK}/exempt`)).status).toBe(404);
  });

  it('takes as many ids as may be chosen, and no more', async () => {
    const ids = Array.from({ length: 1000 }, (_, index) => `alan-${String(index).padStart(31, '0')}`);
    const many = await exempt({ user: [...ids.slice(1), 'alan'] });
    expect(many.body).toMatchObject({ outcome: 'started' });
    const tooMany = await exempt({ user: [...ids, 'mary'] });
    expect([tooMany.status, tooMany.body]).toMatchObject([400, { because: 'malformed' }]);
    await host.mfa.settled();
    expect(await exemptions(host, ACME)).toEqual(['alan']);
  });

  it('needs a fresh proof each time, and finds the same members with it', async () => {
    await exempt({ user: ['alan'] });
    host.clock.advance(11 * 60_000);
    const stale = await exempt({ user: ['mary'] });
    expect(stale.body).toMatchObject({ outcome: 'challenge', because: 'authentication-too-old' });
    expect(await exemptions(host, ACME)).toEqual(['alan']);
    const page = await agent.get(`${BULK}?act=exempt&user=mary&user=bob`);
    expect(textOf(page.text)).toMatch(/2 members ?: (Mary Jackson|Bob Noyce) ?, (Mary Jackson|Bob Noyce)/);
    const asked = await agent.post(BULK, { ...formOf(page.text), reason: 'move', until: UNTIL });
    expect(await exemptions(host, ACME)).toEqual(['alan']);
    const { returnTo = '', authenticatorId = '' } = formOf((await agent.follow(asked)).text, '/mfa/step-up');
    const code = totpCode(secret, host.clock.now());
    const proven = await agent.post('/mfa/step-up', { authenticatorId, code, returnTo });
    expect([proven.status, proven.headers['location']]).toEqual([303, `${BULK}/exempt`]);
    expect(await exemptions(host, ACME)).toEqual(['alan', 'mary', 'bob']);
  });

  it('of all who match is asked for again where others match after the proof, be they as many', async () => {
    host.clock.advance(11 * 60_000);
    const page = await agent.get(`${BULK}?act=exempt&filter=all`);
    const asked = await agent.post(BULK, { ...formOf(page.text), reason: 'move', until: UNTIL });
    const { returnTo = '', authenticatorId = '' } = formOf((await agent.follow(asked)).text, '/mfa/step-up');
    const bob = host.users.get('bob');
    if (bob === undefined) throw new Error('Bob is no member.');
    host.users.delete('bob');
    host.users.set('carol', { ...bob, id: 'carol' });
    const code = totpCode(secret, host.clock.now());
    const proven = await agent.post('/mfa/step-up', { authenticatorId, code, returnTo });
    expect(proven.status).toBe(303);
    expect((await agent.follow(proven)).text).toContain('name="reason"');
    await host.mfa.settled();
    expect(await exemptions(host, [...ACME, 'carol'])).toEqual([]);
  });

  it('is refused once the person is no administrator any more, also for a form that was open', async () => {
    const page = await agent.get(`${BULK}?act=exempt&user=mary`);
    host.administrators.set('ada', ['globex']);
    const sent = { ...formOf(page.text), reason: 'move', until: UNTIL };
    expect((await agent.post(BULK, sent)).status).toBe(404);
    expect(await exemptions(host, ACME)).toEqual([]);
  });

  it('is done once by a double click', async () => {
    const page = await agent.get(`${BULK}?act=exempt&filter=all`);
    const sent = { ...formOf(page.text), reason: 'move', until: UNTIL };
    const [first, second] = await Promise.all([agent.post(BULK, sent), agent.post(BULK, sent)]);
    const third = await agent.post(BULK, sent);
    for (const answer of [first, second, third])
      expect([answer.status, answer.headers['location']]).toEqual([303, `${BULK}/exempt`]);
    await host.mfa.settled();
    const { events } = await host.records.listEvents({
      organizationId: 'acme',
      names: ['exemption-granted'],
      limit: 20,
    });
    expect(events.map(({ userId }) => userId ?? '').toSorted()).toEqual(['alan', 'bob', 'mary', 'sync']);
  });

  it('tells the other administrators where one of them is exempted', async () => {
    host.administrators.set('mary', ['acme']);
    await exempt({ user: ['bob', 'alan'] });
    await host.mfa.settled();
    const told = host.outbox.messages.filter(({ text }) => text.includes('exempted Bob Noyce'));
    expect(told.map(({ to }) => to)).toEqual(['mary@acme.example']);
  });

  it('is refused with what is wrong beside its field', async () => {
    const page = await agent.get(`${BULK}?act=exempt&user=mary`);
    const sent = { ...formOf(page.text), reason: ' ', until: UNTIL };
    const refused = await agent.post(BULK, sent);
    expect(refused.status).toBe(400);
    expect(textOf(refused.text)).toContain('A reason is needed.');
    expect(refused.text).toContain(`value="${UNTIL}"`);
  });
});

describe('a reminder', () => {
  it('goes to a member once a day, from their page or with many others', async () => {
    const host = createAdminHost();
    const { agent } = await signInProtected(host, 'ada');
    const members = '/admin/mfa/acme/members';
    const sent = await agent.post(`${members}/mary/remind`);
    expect(textOf((await agent.follow(sent)).text)).toContain('The reminder is on its way.');
    const again = await agent.postJson(`${members}/mary/remind`);
    expect([again.status, again.body]).toMatchObject([409, { because: 'reminded-today' }]);
    await agent.postJson(BULK, { act: 'remind', filter: 'not-configured' });
    await host.mfa.settled();
    const to = host.outbox.messages
      .filter(({ subject }) => subject?.includes('two-step'))
      .map((mail) => mail.to);
    expect(to.toSorted()).toEqual([
      'alan@acme.example',
      'bob@acme.example',
      'mary@acme.example',
      'sync@acme.example',
    ]);
    await host.mfa.close();
  });

  it('never goes to a member of another organization, or to one who has nothing to set up', async () => {
    const host = createAdminHost();
    const { agent } = await signInProtected(host, 'ada');
    const members = '/admin/mfa/acme/members';
    expect((await agent.postJson(`${members}/grace/remind`)).status).toBe(404);
    expect((await agent.postJson(`${members}/ada/remind`)).body).toMatchObject({ because: 'not-waiting' });
    await host.mfa.settled();
    expect(host.outbox.messages.filter(({ subject }) => subject?.includes('two-step'))).toEqual([]);
    await host.mfa.close();
  });
});
