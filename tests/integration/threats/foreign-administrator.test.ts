import { createAdminHost, signInToChange, signInWithPlantedApp } from '../../support/admin-host';
import type { UserDirectory } from '../../../src/index';
import type { AdminHost, HostUser } from '../../support/admin-host';
import type { HttpAgent } from '../../support/http-agent';
import { textOf } from '../../support/page-text';
import { plantAddress, plantApp } from '../../support/planted';
import { storeKinds } from '../../support/store-kinds';

// The attack: Grace belongs to Acme and Globex, which both have MFA on, and is in Globex at the moment. An administrator of Globex
// alone knows her password, and removes or weakens the factors that protect Acme.

const LIMITS = { perChallenge: 5, perUser: 10, perAuthenticator: 100, lockSeconds: 1800 };
const GRACE = '/admin/mfa/globex/members/grace';
const NOWHERE = { membershipsOf: () => ['globex'] };
const BOTH = { membershipsOf: () => ['globex', 'acme'] };

describe.each(storeKinds)('an administrator of one organization, on $kind', ({ open }) => {
  const { close, records, state } = open();
  afterAll(close);

  async function aHost(
    directory: Partial<UserDirectory<HostUser>> = BOTH,
    acme: Parameters<AdminHost['mfa']['policies']['save']>[1] = { enabled: true, enrollment: 'required' },
  ) {
    const host = createAdminHost({ records, state, directory });
    for (const id of ['grace', 'bob', 'linus']) await records.removeAllAuthenticators(id);
    await records.clearGuesses('grace');
    await host.mfa.policies.save('acme', { methods: ['totp', 'sms', 'email'], ...acme });
    await host.mfa.policies.save('globex', { enabled: true, enrollment: 'required' });
    const { id } = await plantApp(host, 'grace');
    host.administrators.set('linus', ['globex']);
    host.users.set('linus', { ...(host.users.get('linus') as never as object), federated: false } as never);
    const { agent } = await signInWithPlantedApp(host, 'linus');
    return { host, agent, id };
  }

  const factorsOfGrace = async () => (await records.findMember('grace', 'acme')).authenticators.length;

  async function lockGrace(host: AdminHost): Promise<void> {
    const guess = {
      userId: 'grace',
      group: 'codes',
      authenticatorId: null,
      rank: 3,
      limits: LIMITS,
    } as const;
    await records.establishUserEpoch('grace', 'signed in before');
    for (let n = 0; n < 10; n += 1) await records.spendGuess({ ...guess, now: host.clock.now() });
  }

  it('resets nobody whom another organization protects too, and is told why', async () => {
    const { host, agent } = await aHost();
    const reason = 'Lost the phone';
    const refused = await agent.postJson(`${GRACE}/reset`, { reason });
    expect([refused.status, refused.body]).toMatchObject([409, { because: 'protected-elsewhere' }]);
    const page = await agent.post(`${GRACE}/reset`, { reason });
    expect(page.status).toBe(409);
    expect(textOf(page.text)).toContain('also belongs to another organization');
    expect(await factorsOfGrace()).toBe(1);
    expect(host.outbox.messages.filter(({ to }) => to === 'grace@globex.example')).toEqual([]);
    await host.mfa.close();
  });

  it('gives nobody more guesses at codes that protect another organization', async () => {
    const { host, agent } = await aHost();
    await lockGrace(host);
    const refused = await agent.postJson(`${GRACE}/unlock`);
    expect([refused.status, refused.body]).toMatchObject([409, { because: 'protected-elsewhere' }]);
    const { guesses } = await records.findMember('grace', 'acme');
    expect(guesses.codes.lockedUntil).toBeGreaterThan(host.clock.now());
    await host.mfa.close();
  });

  it('switches no address on again, by assigning it, that wrong codes switched off', async () => {
    const { host, agent } = await aHost();
    const guess = {
      userId: 'grace',
      group: 'codes',
      authenticatorId: 'on-file-email',
      rank: 1,
      limits: LIMITS,
    } as const;
    await records.establishUserEpoch('grace', 'signed in before');
    for (let n = 0; n < 100; n += 1)
      await records.spendGuess({ ...guess, now: host.clock.now() + n * 86_400_000 });
    const assigned = await agent.postJson(`${GRACE}/settings`, { enabled: true, assignedKind: 'email' });
    expect(assigned.body).toMatchObject({ outcome: 'saved' });
    expect((await records.findMember('grace', 'globex')).settings).toMatchObject({ assignedKind: 'email' });
    expect((await records.findMember('grace', 'acme')).onFile['email']?.disabledAt).not.toBeNull();
    await host.mfa.close();
  });

  it('forgets, with all devices, only those that protect no other organization', async () => {
    const { host, agent } = await aHost({
      membershipsOf: ({ id }) => (id === 'grace' ? ['globex', 'acme'] : ['globex']),
    });
    await plantAddress(host, 'linus', { kind: 'email', destination: 'linus@globex.example' });
    host.clock.advance(1);
    const { version } = (await records.findPolicy('globex')).policy;
    await agent.postJson('/mfa/step-up', { password: 'correct horse battery staple' });
    const off = await agent.postJson('/admin/mfa/globex/disable', {
      forgetDevices: true,
      confirm: true,
      version,
      password: 'correct horse battery staple',
    });
    expect(off.body).toMatchObject({ outcome: 'switched-off' });
    await host.mfa.close();
    expect(await factorsOfGrace()).toBe(1);
    expect((await records.findMember('linus', 'globex')).authenticators).toEqual([]);
  });

  it('still ends sessions, exempts in their own organization, and resets who is nowhere else', async () => {
    const { host, agent } = await aHost();
    expect((await agent.postJson(`${GRACE}/end-sessions`)).status).toBe(200);
    const exemption = { reason: 'travels', until: '2026-12-31' };
    expect((await agent.postJson(`${GRACE}/exemption`, exemption)).status).toBe(200);
    expect((await records.findMember('grace', 'acme')).settings.exemption).toBeNull();
    await host.mfa.close();
    const other = await aHost(NOWHERE);
    expect((await other.agent.postJson(`${GRACE}/reset`, { reason: 'Lost the phone' })).body).toMatchObject({
      outcome: 'reset',
      removed: 1,
    });
    await other.host.mfa.close();
  });

  it('resets whom only organizations with MFA off share', async () => {
    const { host, agent } = await aHost(BOTH, { enabled: false });
    expect((await agent.postJson(`${GRACE}/reset`, { reason: 'Lost the phone' })).status).toBe(200);
    await host.mfa.close();
  });

  it('resets whom two organizations share if they administer both, and both read of it', async () => {
    const { host, agent } = await aHost();
    host.administrators.set('linus', ['globex', 'acme']);
    const reset = await agent.postJson(`${GRACE}/reset`, { reason: 'Lost the phone' });
    expect(reset.body).toMatchObject({ outcome: 'reset', removed: 1 });
    await host.mfa.settled();
    for (const organizationId of ['globex', 'acme']) {
      const { events } = await records.listEvents({ organizationId, userIds: ['grace'], limit: 1 });
      expect(events).toMatchObject([{ name: 'member-reset', organizationId, actorId: 'linus' }]);
    }
    await host.mfa.close();
  });

  it('resets nobody while the user table cannot say where they belong', async () => {
    for (const membershipsOf of [
      () => Promise.reject(new Error('The table is locked.')),
      () => 'acme' as never,
      () => [undefined] as never,
      () => [{}],
    ]) {
      const { host, agent } = await aHost({ membershipsOf });
      const refused = await agent.postJson(`${GRACE}/reset`, { reason: 'Lost the phone' });
      expect(refused.status).toBeGreaterThanOrEqual(500);
      expect(await factorsOfGrace()).toBe(1);
      await host.mfa.close();
    }
  });

  it('resets nobody who set something up in another organization, where the table does not say', async () => {
    const { host, agent, id } = await aHost({});
    await records.removeAuthenticator('grace', id);
    const acme = { ...host.users.get('grace'), organizationId: 'acme' } as never;
    const globex = host.users.get('grace') as never;
    host.users.set('grace', acme);
    const grace = await signInToEnroll(host);
    host.users.set('grace', globex);
    await grace.getJson('/');
    expect(host.errors).toMatchObject([{ code: 'host-misconfigured' }]);
    expect(String(host.errors[0])).toContain('users.membershipsOf');
    const refused = await agent.postJson(`${GRACE}/reset`, { reason: 'Lost the phone' });
    expect(refused.body).toMatchObject({ because: 'protected-elsewhere' });
    expect(await factorsOfGrace()).toBe(1);
    await host.mfa.close();
  });

  it('is asked again in the host’s own code, which may reset everywhere', async () => {
    const { host } = await aHost();
    const { members } = host.mfa;
    const grace = { userId: 'grace', organizationId: 'globex' };
    await lockGrace(host);
    const refused = { outcome: 'refused', because: 'protected-elsewhere' };
    expect(await members.reset(grace, { reason: 'Lost the phone' })).toEqual(refused);
    expect(await members.unlock(grace)).toEqual(refused);
    expect(await members.unlock(grace, { everywhere: true })).toEqual({ outcome: 'unlocked' });
    expect(await members.reset(grace, { reason: 'Lost the phone', everywhere: true })).toEqual({
      outcome: 'reset',
      removed: 1,
    });
    await host.mfa.close();
    const { host: failing } = await aHost({
      membershipsOf: () => Promise.reject(new Error('The table is locked.')),
    });
    const done = await failing.mfa.members.reset(grace, { reason: 'Lost the phone', everywhere: true });
    expect(done).toMatchObject({ outcome: 'reset' });
    await failing.mfa.close();
  });
});

/** Grace signs in for the first time and sets up an app. */
async function signInToEnroll(host: AdminHost): Promise<HttpAgent> {
  await host.mfa.policies.save('acme', { enrollment: 'assigned' });
  const agent = await signInToChange(host, 'grace');
  const started = await agent.postJson('/mfa/enroll/email', { email: 'grace@globex.example' });
  expect(started.body).toMatchObject({ outcome: 'enrollment-started' });
  const code = /\b(\d{6})\b/.exec(host.outbox.messages.at(-1)?.text ?? '')?.[1];
  expect((await agent.postJson('/mfa/enroll/email/confirm', { code })).body).toMatchObject({
    outcome: 'enrolled',
  });
  return agent;
}
