import { addPerson, visit } from '../../support/member';
import { plantApp } from '../../support/planted';
import { createPortal } from '../../support/portal';

// The attack: an intruder with one password begins logins until everything they did before has fallen out of the organization's log,
// which keeps the newest so many.

describe('the log of an organization', () => {
  it('keeps what matters while one person begins a hundred logins', async () => {
    const portal = createPortal({ events: { keepCount: 100 } });
    await portal.mfa.policies.save('acme', { enabled: true, enrollment: 'required' });
    const person = addPerson(portal);
    await plantApp(portal, person.id);
    const ada = { userId: 'ada', organizationId: 'acme', actorId: 'grace' };
    await portal.mfa.members.reset(ada, { reason: 'Lost phone' });
    const heard: string[] = [];
    portal.mfa.events.on('event', ({ name }) => heard.push(name));
    for (let logins = 0; logins < 100; logins += 1) await visit(portal).logIn(person.username);
    await portal.mfa.settled();
    const { events } = await portal.records.listEvents({ organizationId: 'acme', limit: 200 });
    expect(events.map(({ name }) => name)).toContain('member-reset');
    expect(events.filter(({ name }) => name === 'password-accepted')).toHaveLength(20);
    // Whoever listens hears every one.
    expect(heard.filter((name) => name === 'password-accepted')).toHaveLength(100);
    await portal.mfa.close();
  });
});
