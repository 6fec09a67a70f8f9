import { addPerson, visit } from '../../support/member';
import { createPortal } from '../../support/portal';
import { storeKinds } from '../../support/store-kinds';

// Not an attack, but as bad as one: a process whose clock is days ahead sends codes and keeps notices. When its clock is set
// right, everybody else would wait for days.

const DAY = 86_400_000;

describe.each(storeKinds)('a clock that was three days ahead, with $kind', ({ open }) => {
  const { close, records, state } = open();
  const portal = createPortal({ records, state });
  const { clock, mfa } = portal;

  beforeAll(async () => {
    await mfa.policies.save('acme', { enabled: true, enrollment: 'assigned' });
  });
  afterAll(async () => {
    await mfa.settled();
    close();
  });

  it('delays the next code by no more than the usual wait', async () => {
    const person = addPerson(portal);
    await mfa.members.save(
      { userId: person.id, organizationId: 'acme' },
      { enabled: true, assignedKind: 'email' },
    );
    const startedAt = clock.now();
    clock.set(startedAt + 3 * DAY);
    await visit(portal).logIn(person.username);
    clock.set(startedAt);
    const guest = visit(portal);
    const { body } = await guest.logIn(person.username);
    expect(body.notSent).toEqual({ because: 'send-limit', retryAfterSeconds: 30 });
    expect((await guest.get('/mfa/challenge')).text).toContain('data-resend-wait="30"');
    clock.advance(30_000);
    expect((await guest.postJson('/mfa/challenge/resend')).body.outcome).toBe('sent');
    const answer = await guest.postJson('/mfa/challenge', { code: guest.newestCode(person.email ?? '') });
    expect(answer.body.outcome).toBe('signed-in');
  });

  it('delays a notice by no more than an hour', async () => {
    const startedAt = clock.now();
    const kept = {
      id: 'late',
      userId: 'ada',
      organizationId: 'acme',
      sealedAddress: '',
      body: '',
      attempts: 1,
    };
    await records.notices.keep({ ...kept, keptAt: startedAt }, { dueAt: startedAt + 3 * DAY, most: 10 });
    const events: string[] = [];
    mfa.events.on('event', ({ name }) => events.push(name));
    await mfa.retryNotices();
    // It cannot be read, so that it is given up: it was taken.
    expect(events).toContain('notice-abandoned');
  });
});
