import { addPerson } from '../../support/member';
import { organizationsAt } from '../../support/organizations';
import { plantAddress, plantApp } from '../../support/planted';
import { createPortal } from '../../support/portal';
import { totpCode } from '../../support/totp';

const DAY = 86_400_000;
const portal = createPortal();
const { clock, mfa } = portal;
const { organizationWith, signIn, signInWithApp } = organizationsAt(portal);

afterAll(() => mfa.settled());

describe('an optional policy', () => {
  it('offers enrollment, lets it be put off so many times, and not once more', async () => {
    const organizationId = await organizationWith({ enrollment: 'optional', skips: 2 });
    const person = addPerson(portal, { organizationId });
    const skips: unknown[] = [];
    mfa.events.on('event', ({ name, userId, organizationId: of, details }) => {
      if (name === 'enrollment-skipped') skips.push({ userId, organizationId: of, details });
    });
    for (const skipsLeft of [2, 1]) {
      const { guest, login } = await signIn(person);
      expect(login).toMatchObject({ outcome: 'enroll', because: 'offered', skippable: true, skipsLeft });
      const walled = await guest.getJson('/');
      expect([walled.status, walled.body]).toMatchObject([403, { outcome: 'enroll', because: 'offered' }]);
      expect((await guest.postJson('/mfa/enroll/skip')).body).toMatchObject({
        outcome: 'skipped',
        next: '/',
      });
      expect((await guest.getJson('/')).status).toBe(200);
    }
    const { guest, login } = await signIn(person);
    expect(login).toMatchObject({ outcome: 'enroll', because: 'required', skippable: false });
    expect((await guest.postJson('/mfa/enroll/skip')).body).toMatchObject({ because: 'cannot-skip' });
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
    expect(skips).toEqual([
      { userId: person.id, organizationId, details: { skipsUsed: 1 } },
      { userId: person.id, organizationId, details: { skipsUsed: 2 } },
    ]);
  });

  it('lets no more skips through at once than are left', async () => {
    const organizationId = await organizationWith({ enrollment: 'optional', skips: 2 });
    const person = addPerson(portal, { organizationId });
    const guests = [];
    for (let count = 0; count < 5; count += 1) guests.push((await signIn(person)).guest);
    const answers = await Promise.all(guests.map((guest) => guest.postJson('/mfa/enroll/skip')));
    expect(answers.filter(({ body }) => body.outcome === 'skipped')).toHaveLength(2);
    const inside = await Promise.all(guests.map((guest) => guest.getJson('/')));
    expect(inside.filter(({ status }) => status === 200)).toHaveLength(2);
  });

  it('can be put off until the date, and a skip made before ends with it', async () => {
    const graceUntil = clock.now() + DAY;
    const organizationId = await organizationWith({ enrollment: 'optional', graceUntil });
    const { guest, login } = await signIn(addPerson(portal, { organizationId }));
    expect(login).toMatchObject({ because: 'offered', graceUntil });
    await guest.postJson('/mfa/enroll/skip');
    clock.set(graceUntil - 1);
    expect((await guest.getJson('/')).status).toBe(200);
    clock.set(graceUntil);
    const walled = await guest.getJson('/');
    expect([walled.status, walled.body]).toMatchObject([403, { outcome: 'enroll', because: 'required' }]);
  });

  it('cannot be put off by a member who has a factor, nor by a GET', async () => {
    const organizationId = await organizationWith({ enrollment: 'optional' });
    const person = addPerson(portal, { organizationId });
    await plantApp(portal, person.id);
    const { guest } = await signIn(person);
    expect((await guest.postJson('/mfa/enroll/skip')).status).toBe(403);
    const other = addPerson(portal, { organizationId });
    const { guest: looking } = await signIn(other);
    expect((await looking.get('/mfa/enroll/skip')).headers['location']).toBe('/mfa/enroll');
    expect((await looking.getJson('/mfa/enroll/skip')).status).toBe(404);
    expect((await looking.getJson('/')).status).toBe(403);
    expect(await mfa.members.get({ userId: other.id, organizationId })).toMatchObject({ skipsUsed: 0 });
  });
});

describe('a required policy', () => {
  it('waits until its grace ends, then holds in sessions that are open', async () => {
    const graceUntil = clock.now() + DAY;
    const organizationId = await organizationWith({ enrollment: 'required', graceUntil });
    const person = addPerson(portal, { organizationId });
    const { guest } = await signIn(person);
    await guest.postJson('/mfa/enroll/skip');
    expect((await guest.getJson('/')).status).toBe(200);
    clock.set(graceUntil);
    expect((await guest.getJson('/')).body).toMatchObject({ outcome: 'enroll', because: 'required' });
    expect((await guest.postJson('/mfa/enroll/skip')).status).toBe(403);
    expect((await signIn(person)).login).toMatchObject({ outcome: 'enroll', skippable: false });
  });

  it('holds from the next request when it is saved', async () => {
    const organizationId = await organizationWith({ enabled: false });
    const { guest } = await signIn(addPerson(portal, { organizationId }));
    expect((await guest.getJson('/')).status).toBe(200);
    await mfa.policies.save(organizationId, { enabled: true, enrollment: 'required' });
    expect((await guest.getJson('/')).body).toMatchObject({ outcome: 'enroll', because: 'required' });
    await mfa.policies.save(organizationId, { enabled: false });
    expect((await guest.getJson('/')).status).toBe(200);
  });

  it('leaves a skip of an optional time behind', async () => {
    const organizationId = await organizationWith({ enrollment: 'optional' });
    const { guest } = await signIn(addPerson(portal, { organizationId }));
    await guest.postJson('/mfa/enroll/skip');
    expect((await guest.getJson('/')).status).toBe(200);
    await mfa.policies.save(organizationId, { enrollment: 'required' });
    expect((await guest.getJson('/')).body).toMatchObject({ outcome: 'enroll', because: 'required' });
  });
});

describe('what an administrator sets for one member', () => {
  it('asks from the next request whom it switches on', async () => {
    const organizationId = await organizationWith({ enrollment: 'assigned' });
    const person = addPerson(portal, { organizationId });
    const { guest, login } = await signIn(person);
    expect(login).toMatchObject({ outcome: 'signed-in', because: 'not-enrolled-optional' });
    await mfa.members.save({ userId: person.id, organizationId }, { enabled: true });
    expect((await guest.getJson('/')).body).toMatchObject({ outcome: 'enroll', because: 'required' });
    await mfa.members.save({ userId: person.id, organizationId }, { enabled: true, assignedKind: 'email' });
    expect((await guest.getJson('/')).body).toMatchObject({
      outcome: 'challenge',
      because: 'assurance-too-low',
    });
  });

  it('asks for the newly assigned kind in a session that is open', async () => {
    const organizationId = await organizationWith({ enrollment: 'required' });
    const { phone: _phone, ...fields } = addPerson(portal, { organizationId });
    portal.users.set(fields.id, fields);
    const { guest } = await signInWithApp(fields);
    expect((await guest.getJson('/')).status).toBe(200);
    await mfa.members.save({ userId: fields.id, organizationId }, { enabled: true, assignedKind: 'sms' });
    expect((await guest.getJson('/')).body).toMatchObject({ outcome: 'enroll', because: 'required' });
    expect((await guest.getJson('/mfa/enroll')).body).toMatchObject({ anyOf: ['sms'], skippable: false });
  });

  it('leaves new recovery codes on their page where another kind is assigned meanwhile', async () => {
    const organizationId = await organizationWith({ enrollment: 'required' });
    const { phone: _phone, ...person } = addPerson(portal, { organizationId });
    portal.users.set(person.id, person);
    const { guest } = await signIn(person);
    const { totp } = (await guest.postJson('/mfa/enroll/totp')).body;
    const code = totpCode(totp.secret, clock.now());
    const codes = await guest.follow(await guest.post('/mfa/enroll/totp/confirm', { code }));
    expect(codes.text).toContain('Save your recovery codes');
    await mfa.members.save({ userId: person.id, organizationId }, { enabled: true, assignedKind: 'sms' });
    expect((await guest.getJson('/')).body).toMatchObject({ outcome: 'enroll' });
    expect((await guest.get('/mfa/enroll/recovery-codes')).text).toContain('Save your recovery codes');
  });

  it('exempts from now until exactly the end', async () => {
    const organizationId = await organizationWith({ enrollment: 'required' });
    const person = addPerson(portal, { organizationId });
    const member = { userId: person.id, organizationId };
    const half = await signIn(person);
    expect(half.login.outcome).toBe('enroll');
    const until = clock.now() + DAY;
    await mfa.members.exempt({ ...member, actorId: 'ada' }, { reason: 'nightly export', until });
    const { guest, login } = await signIn(person);
    expect(login).toMatchObject({ outcome: 'signed-in', because: 'exempt' });
    expect((await half.guest.getJson('/whoami')).body.authenticated).toBe(false);
    clock.set(until - 1);
    expect((await guest.getJson('/')).body.session).toMatchObject({ assurance: 'single-factor' });
    expect((await guest.postJson('/payouts')).status).toBe(403);
    clock.set(until);
    expect((await guest.getJson('/')).body).toMatchObject({ outcome: 'enroll', because: 'required' });
    await mfa.members.exempt({ ...member, actorId: 'ada' }, { reason: 'longer', until: until + DAY });
    expect((await guest.getJson('/')).status).toBe(200);
    await mfa.members.endExemption(member);
    expect((await guest.getJson('/')).status).toBe(403);
  });
});

describe('tighter methods', () => {
  it('ask for the old kind first, and only then for the new one', async () => {
    const organizationId = await organizationWith({ enrollment: 'required' });
    const person = addPerson(portal, { organizationId });
    const email = person.email ?? '';
    await plantAddress(portal, person.id, { kind: 'email', destination: email });
    await mfa.policies.save(organizationId, { methods: ['totp'] });
    const { guest, login } = await signIn(person);
    expect(login).toMatchObject({ outcome: 'challenge', anyOf: [{ kind: 'email' }] });
    expect((await guest.postJson('/mfa/enroll/totp')).status).toBe(401);
    const proven = await guest.postJson('/mfa/challenge', { code: guest.newestCode(email) });
    expect(proven.body).toMatchObject({ outcome: 'enroll', because: 'required', anyOf: ['totp'] });
    expect((await guest.getJson('/whoami')).body.authenticated).toBe(false);
    expect((await guest.postJson('/mfa/enroll/email')).status).toBe(403);
    const started = await guest.postJson('/mfa/enroll/totp');
    const code = totpCode(started.body.totp.secret, clock.now());
    expect((await guest.postJson('/mfa/enroll/totp/confirm', { code })).body.outcome).toBe('enrolled');
    expect((await guest.getJson('/')).status).toBe(200);
  });

  it('hold in a session that is open', async () => {
    const organizationId = await organizationWith({ enrollment: 'required' });
    const person = addPerson(portal, { organizationId });
    await plantAddress(portal, person.id, { kind: 'email', destination: person.email ?? '' });
    const { guest } = await signIn(person);
    await guest.postJson('/mfa/challenge', { code: guest.newestCode(person.email ?? '') });
    expect((await guest.getJson('/')).status).toBe(200);
    await mfa.policies.save(organizationId, { methods: ['totp', 'sms'] });
    expect((await guest.getJson('/')).body).toMatchObject({ outcome: 'enroll', because: 'required' });
  });
});
