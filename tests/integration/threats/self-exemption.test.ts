import { exemptMember, setMember } from '../../../src/flows/admin/member-acts';
import { createFlowWorld, createRoster } from '../../support/admin-flows';
import { describeOnBothStores } from '../../support/admin-stores';

// The attack: an administrator, or whoever sits in their session, makes themselves an account that a password opens. An exemption of
// one's own is refused; switching oneself off, where only those are asked who were switched on, would be the same without a
// reason, an author or an end.

describeOnBothStores('an administrator', (open) => {
  it('takes themselves out of the second factor by neither way, and others by both', async () => {
    const people = ['ada', 'mary'].map((id) => ({
      id,
      name: id,
      email: `${id}@acme.example`,
      organizationId: 'acme',
    }));
    const world = createFlowWorld({ ...open(), roster: createRoster(people) });
    await world.savePolicy({ enabled: true, enrollment: 'assigned' });
    const onto = (userId: string) => ({ ...world.act('ada'), userId });
    const off = { enabled: false, assignedKind: null } as const;
    const on = { enabled: true, assignedKind: 'email' } as const;
    for (const id of ['ada', 'mary']) {
      expect(await setMember(world.context, { ...onto(id), ...on })).toEqual({ outcome: 'saved' });
    }
    const refused = { outcome: 'refused', because: 'not-yourself' };
    const exemption = { reason: 'On leave', until: world.clock.now() + 86_400_000 };
    expect(await exemptMember(world.context, { ...onto('ada'), ...exemption })).toEqual(refused);
    expect(await setMember(world.context, { ...onto('ada'), ...off })).toEqual(refused);
    const { settings } = await world.context.records.findMember('ada', 'acme');
    expect(settings).toMatchObject({ ...on, exemption: null });
    expect(await setMember(world.context, { ...onto('mary'), ...off })).toEqual({ outcome: 'saved' });
    expect(await exemptMember(world.context, { ...onto('mary'), ...exemption })).toMatchObject({
      outcome: 'granted',
    });
  });
});
