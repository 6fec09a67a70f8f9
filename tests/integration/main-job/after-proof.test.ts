import type { MfaEvent } from '../../../src/index';
import { giveApp, giveRecoveryCode } from '../../support/given-app';
import { addPerson, visit } from '../../support/member';
import { createPortal } from '../../support/portal';

/** A portal whose events are kept, and what its user table was told. */
async function openPortal() {
  const told: (readonly [userId: string, enrolled: boolean])[] = [];
  const portal = createPortal({
    directory: { noteEnrolled: async (id, enrolled) => void told.push([id, enrolled]) },
  });
  const events: MfaEvent[] = [];
  portal.mfa.events.on('event', (event) => events.push(event));
  await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'optional' });
  const settled = async () => {
    await portal.mfa.settled();
    return events.splice(0).map(({ name, details }) => ({ name, details }));
  };
  return { portal, told, settled };
}

describe('a right answer', () => {
  it('to a login is reported, and so is the sign-in', async () => {
    const { portal, settled } = await openPortal();
    const person = addPerson(portal);
    const app = await giveApp(portal, person.id);
    const guest = visit(portal);
    await guest.logIn(person.username);
    await settled();
    await guest.postJson('/mfa/challenge', { code: app.nextCode() });
    expect(await settled()).toEqual([
      { name: 'proof-accepted', details: { kind: 'totp', purpose: 'login' } },
      { name: 'signed-in', details: { because: 'satisfied' } },
    ]);
  });

  it('to a step-up is reported as one, and not as another sign-in', async () => {
    const { portal, settled } = await openPortal();
    const person = addPerson(portal);
    const app = await giveApp(portal, person.id);
    const guest = visit(portal);
    await guest.logIn(person.username);
    await guest.postJson('/mfa/challenge', { code: app.nextCode() });
    await settled();
    const raised = await guest.postJson('/mfa/step-up', { code: app.nextCode() });
    expect(raised.status).toBe(200);
    const reported = await settled();
    expect(reported).toContainEqual({
      name: 'proof-accepted',
      details: { kind: 'totp', purpose: 'step-up' },
    });
    expect(reported.map(({ name }) => name)).toContain('step-up-completed');
    expect(reported.map(({ name }) => name)).not.toContain('signed-in');
  });

  it('by a recovery code is reported with the number that are left', async () => {
    const { portal, settled } = await openPortal();
    const person = addPerson(portal);
    await giveApp(portal, person.id);
    const code = await giveRecoveryCode(portal, person.id);
    const guest = visit(portal);
    await guest.logIn(person.username);
    await settled();
    await guest.postJson('/mfa/challenge/factor', { authenticatorId: 'recovery-codes' });
    await guest.postJson('/mfa/challenge', { code });
    expect(await settled()).toContainEqual({ name: 'recovery-code-used', details: { left: 0 } });
  });

  it('tells the user table that the person has a factor, where it does not know', async () => {
    const { portal, told, settled } = await openPortal();
    for (const mfaEnrolled of [false, true]) {
      const person = addPerson(portal, { mfaEnrolled });
      const app = await giveApp(portal, person.id);
      const guest = visit(portal);
      await guest.logIn(person.username);
      await guest.postJson('/mfa/challenge', { code: app.nextCode() });
      await settled();
      expect(told.splice(0)).toEqual(mfaEnrolled ? [] : [[person.id, true]]);
    }
  });

  it('to a code sent to the address on file tells the user table nothing', async () => {
    const { portal, told, settled } = await openPortal();
    const person = addPerson(portal);
    const member = { userId: person.id, organizationId: 'acme' };
    await portal.mfa.members.save(member, { enabled: true, assignedKind: 'email' });
    const guest = visit(portal);
    await guest.logIn(person.username);
    const answer = await guest.postJson('/mfa/challenge', { code: guest.newestCode(person.email ?? '') });
    expect(answer.body.outcome).toBe('signed-in');
    await settled();
    expect(told).toEqual([]);
  });
});
