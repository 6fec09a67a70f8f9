import {
  createAdminHost,
  HOST_PASSWORD,
  signIn,
  signInProtected,
  signInToChange,
  stepUpWithApp,
  type AdminHost,
} from '../../support/admin-host';
import type { HttpAgent } from '../../support/http-agent';
import { hiddenFields, textOf } from '../../support/page-text';
import { totpCode } from '../../support/totp';
import { until } from '../../support/until';

// An act of an administrator waits for a fresh proof and is performed with it. Nothing but that proof, in that session, for that
// target as it was, and as long as the administrator has the right, may perform it.

const ACME = '/admin/mfa/acme';
const ALAN = `${ACME}/members/alan`;
const EXEMPTION = { reason: 'Nightly export', until: '2026-09-01' };

interface Waiting {
  readonly host: AdminHost;
  readonly agent: HttpAgent;
  readonly secret: string;
  /** The way back, which names the form that waits. */
  readonly returnTo: string;
  readonly authenticatorId: string;
}

/** An administrator who has sent a form with a proof that is no longer fresh, and is asked for another one. */
async function sendForm(
  path: string,
  fields: Readonly<Record<string, unknown>>,
  { host = createAdminHost() }: { readonly host?: AdminHost } = {},
): Promise<Waiting> {
  const { agent, secret } = await signInProtected(host, 'ada');
  host.clock.advance(11 * 60_000);
  const asked = await agent.follow(await agent.post(path, fields));
  const { returnTo = '', authenticatorId = '' } = hiddenFields(asked.text, '/mfa/step-up');
  expect(returnTo).toMatch(/\?kept=/);
  return { host, agent, secret, returnTo, authenticatorId };
}

function prove({ host, agent, secret, authenticatorId }: Waiting, returnTo: string) {
  return agent.post('/mfa/step-up', { authenticatorId, code: totpCode(secret, host.clock.now()), returnTo });
}

const exemptionOf = async ({ host }: Waiting) =>
  (await host.records.findMember('alan', 'acme')).settings.exemption;

it('performs the act once: neither the same request nor another proof repeats it', async () => {
  const world = await sendForm(`${ALAN}/exemption`, EXEMPTION);
  await prove(world, world.returnTo);
  expect(await exemptionOf(world)).toMatchObject({ reason: 'Nightly export' });
  await world.host.mfa.members.endExemption({ userId: 'alan', organizationId: 'acme' });
  expect((await prove(world, world.returnTo)).status).toBe(401);
  world.host.clock.advance(30_000);
  const again = await prove(world, world.returnTo);
  expect([again.status, again.headers['location']]).toEqual([303, world.returnTo]);
  expect(await exemptionOf(world)).toBeNull();
});

it('performs the act once where two proofs come at the same time', async () => {
  // With MFA off the password is the proof, which is right any number of times.
  const host = createAdminHost();
  const agent = await signInToChange(host, 'root');
  host.clock.advance(11 * 60_000);
  const asked = await agent.follow(await agent.post('/admin/mfa/initech/members/ken/exemption', EXEMPTION));
  const { returnTo = '' } = hiddenFields(asked.text, '/mfa/step-up');
  const prove = () => agent.post('/mfa/step-up', { password: HOST_PASSWORD, returnTo });
  await Promise.all([prove(), prove(), prove()]);
  await host.mfa.settled();
  const names = ['exemption-granted'] as const;
  const { events } = await host.records.listEvents({ organizationId: 'initech', limit: 100, names });
  expect(events).toHaveLength(1);
});

it('performs nothing by GET, nor by a proof that was given for something else', async () => {
  const world = await sendForm(`${ALAN}/exemption`, EXEMPTION);
  for (const path of [world.returnTo, `/mfa/step-up?returnTo=${encodeURIComponent(world.returnTo)}`])
    expect((await world.agent.get(path)).status).toBe(200);
  await prove(world, ALAN);
  expect(await exemptionOf(world)).toBeNull();
  // The proof is fresh now, and still only the form itself does it.
  expect((await world.agent.get(world.returnTo)).status).toBe(200);
  expect(await exemptionOf(world)).toBeNull();
});

it('performs nothing for a program, which sends the request itself again', async () => {
  const world = await sendForm(`${ALAN}/exemption`, EXEMPTION);
  const { authenticatorId, returnTo, secret, host } = world;
  const code = totpCode(secret, host.clock.now());
  const proven = await world.agent.postJson('/mfa/step-up', { authenticatorId, code, returnTo });
  expect(proven.body).toEqual({ outcome: 'stepped-up', next: returnTo });
  expect(await exemptionOf(world)).toBeNull();
});

it('performs nothing in another session, of the same administrator or of another', async () => {
  const world = await sendForm(`${ALAN}/exemption`, EXEMPTION);
  const bob = await signInProtected(world.host, 'bob');
  world.host.clock.advance(11 * 60_000 - 1);
  await stepUpWithApp(world.host, bob.agent, bob.secret);
  world.host.clock.advance(30_000);
  const { body } = await bob.agent.getJson('/mfa/step-up');
  const [{ authenticatorId }] = body.anyOf as [{ authenticatorId: string }];
  const proven = await prove({ ...world, ...bob, authenticatorId }, world.returnTo);
  expect(proven.headers['location']).toBe(world.returnTo);
  expect(await exemptionOf(world)).toBeNull();
});

it('performs nothing after ten minutes', async () => {
  const world = await sendForm(`${ALAN}/exemption`, EXEMPTION);
  world.host.clock.advance(600_000);
  expect((await prove(world, world.returnTo)).headers['location']).toBe(world.returnTo);
  expect(await exemptionOf(world)).toBeNull();
});

it('performs nothing once the right is lost', async () => {
  const world = await sendForm(`${ALAN}/exemption`, EXEMPTION);
  world.host.administrators.set('ada', ['globex']);
  const page = await world.agent.follow(await prove(world, world.returnTo));
  expect(page.status).toBe(404);
  expect(await exemptionOf(world)).toBeNull();
});

it('performs nothing on a member whom somebody else changed, and shows the form as it was sent', async () => {
  const world = await sendForm(`${ALAN}/exemption`, EXEMPTION);
  const alan = { userId: 'alan', organizationId: 'acme' };
  await world.host.mfa.members.save(alan, { enabled: true, assignedKind: 'email' });
  const page = await world.agent.follow(await prove(world, world.returnTo));
  expect(textOf(page.text)).toContain('Someone changed this member meanwhile. Nothing was changed yet.');
  expect(page.text).toContain('value="Nightly export"');
  expect(await exemptionOf(world)).toBeNull();
});

it('performs nothing on a member who left the organization', async () => {
  const world = await sendForm(`${ALAN}/exemption`, EXEMPTION);
  const alan = world.host.users.get('alan');
  if (alan !== undefined) world.host.users.set('alan', { ...alan, organizationId: 'globex' });
  const page = await world.agent.follow(await prove(world, world.returnTo));
  expect([page.status, page.text.includes('Alan')]).toEqual([404, false]);
  expect(await exemptionOf(world)).toBeNull();
});

it('overwrites no policy that somebody saved meanwhile, whether or not the form carried its version', async () => {
  for (const version of ['1', undefined]) {
    // One host after the other, since each has a clock of its own.
    // oxlint-disable-next-line no-await-in-loop
    const world = await sendForm(`${ACME}/policy`, {
      enrollment: 'required',
      skips: '3',
      ...(version === undefined ? {} : { version }),
    });
    // oxlint-disable-next-line no-await-in-loop
    await world.host.mfa.policies.save('acme', { skips: 7 });
    // oxlint-disable-next-line no-await-in-loop
    await prove(world, world.returnTo);
    // oxlint-disable-next-line no-await-in-loop
    expect((await world.host.records.findPolicy('acme')).policy).toMatchObject({ skips: 7 });
  }
});

describe('an act on many members', () => {
  const BULK = `${ACME}/bulk`;
  const AGAIN = 'Choose it again to confirm.';
  const chosen = (...ids: readonly string[]) => ids.map((id) => `user=${id}`).join('&');
  const form = (act: string, selection: string) => ({ act, selection, run: 'run-of-the-form', ...EXEMPTION });

  async function exemptions({ host }: Waiting, ids: readonly string[] = ['alan', 'mary', 'bob', 'sync']) {
    await host.mfa.settled();
    const found = await host.records.findMembers(ids, 'acme');
    return found.flatMap(({ userId, settings: { exemption } }) => (exemption === null ? [] : [userId]));
  }

  /** A page of members with long ids, all chosen. */
  function fillPage(host: AdminHost): readonly string[] {
    const ids = Array.from({ length: 200 }, (_, index) => `member-${String(index).padStart(29, '0')}`);
    for (const id of ids) host.users.set(id, { id, name: `Member ${id}`, organizationId: 'acme' });
    return ids;
  }

  it('keeps its reason and every member of a full page, and is performed once by the proof', async () => {
    const host = createAdminHost();
    const ids = fillPage(host);
    const world = await sendForm(BULK, form('exempt', chosen(...ids)), { host });
    const stepUp = await world.agent.get(`/mfa/step-up?returnTo=${encodeURIComponent(world.returnTo)}`);
    expect(textOf(stepUp.text)).toContain('Confirm it’s you to exempt members of Acme Corp');
    expect(await exemptions(world, ids)).toEqual([]);
    const proven = await prove(world, world.returnTo);
    expect(proven.headers['location']).toBe(`${BULK}/exempt`);
    await until(async () => (await host.records.findJob('acme', 'bulk-exempt'))?.finishedAt !== null);
    expect(await exemptions(world, ids)).toHaveLength(200);
    const [first = ''] = ids;
    const { settings } = await host.records.findMember(first, 'acme');
    expect(settings.exemption).toMatchObject({ reason: 'Nightly export', grantedBy: 'ada' });
    await host.mfa.members.endExemption({ userId: first, organizationId: 'acme' });
    host.clock.advance(30_000);
    expect((await prove(world, world.returnTo)).headers['location']).toBe(world.returnTo);
    expect(await exemptions(world, [first])).toEqual([]);
  });

  it.each([
    [
      'one of the chosen',
      chosen('alan', 'mary'),
      ({ mfa }: AdminHost) =>
        mfa.members.save(
          { userId: 'mary', organizationId: 'acme' },
          { enabled: true, assignedKind: 'email' },
        ),
    ],
    ['the number that a filter finds', 'filter=all', async (host: AdminHost) => void fillPage(host)],
  ])('is shown again with its fields where somebody changed %s', async (_what, selection, change) => {
    const world = await sendForm(BULK, form('exempt', selection));
    await change(world.host);
    const page = await world.agent.follow(await prove(world, world.returnTo));
    expect(textOf(page.text)).toContain('Some of these members changed meanwhile. Nothing was changed yet.');
    expect(page.text).toContain('value="Nightly export"');
    expect(hiddenFields(page.text, BULK)['selection']?.replaceAll('&amp;', '&')).toBe(selection);
    expect(await exemptions(world)).toEqual([]);
  });

  it('is confirmed after the proof where it cannot be undone', async () => {
    const world = await sendForm(BULK, form('end-sessions', chosen('bob')));
    await signIn(world.host, 'bob');
    const page = await world.agent.follow(await prove(world, world.returnTo));
    expect(textOf(page.text)).toMatch(new RegExp(`${AGAIN}.*1 member ?: Bob Noyce`));
    expect(await world.host.mfa.sessionsOf('bob').list()).toHaveLength(1);
    expect((await world.agent.getJson(`${BULK}/end-sessions`)).status).toBe(404);
  });

  it('never reaches a part of the members whose ids were too many to keep', async () => {
    const world = await sendForm(BULK, form('exempt', chosen('alan', 'm'.repeat(16_000))));
    const page = await world.agent.follow(await prove(world, world.returnTo));
    expect([page.status, textOf(page.text)]).toEqual([404, expect.stringContaining('Nobody was chosen.')]);
    expect(await exemptions(world)).toEqual([]);
  });

  it('performs nothing after ten minutes, and says that nobody is chosen', async () => {
    const world = await sendForm(BULK, form('exempt', chosen('alan')));
    world.host.clock.advance(600_000);
    const page = await world.agent.follow(await prove(world, world.returnTo));
    expect([page.status, textOf(page.text)]).toEqual([404, expect.stringContaining('Nobody was chosen.')]);
    expect(await exemptions(world)).toEqual([]);
  });

  it('performs nothing once the right is lost', async () => {
    const world = await sendForm(BULK, form('exempt', chosen('alan')));
    world.host.administrators.set('ada', ['globex']);
    expect((await world.agent.follow(await prove(world, world.returnTo))).status).toBe(404);
    expect(await exemptions(world)).toEqual([]);
  });
});

it('keeps nothing about a member of another organization, and names nobody there', async () => {
  const host = createAdminHost();
  const { agent } = await signInProtected(host, 'bob');
  host.clock.advance(11 * 60_000);
  for (const userId of ['grace', 'nobody']) {
    // oxlint-disable-next-line no-await-in-loop
    const refused = await agent.post(`${ACME}/members/${userId}/exemption`, EXEMPTION);
    expect([refused.status, refused.text.includes('Grace')]).toEqual([404, false]);
  }
});
