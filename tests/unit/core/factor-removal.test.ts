import { mayRemoveFactor } from '../../../src/core/member/authenticator';
import { authenticator, factsOf } from './decision-facts';

const required = { enrollment: 'required' } as const;
const [app, phone] = [authenticator('totp'), authenticator('sms')];

describe('removing a factor', () => {
  it('needs nothing to stay where nobody asks for one', () => {
    const facts = factsOf({ policy: { enrollment: 'optional' }, authenticators: [app] });
    expect(mayRemoveFactor(facts, app.id)).toEqual({ outcome: 'removable', keepOneOf: null });
  });

  it.each([
    ['the policy requires one', { policy: required }],
    ['an administrator switched it on', { member: { enabled: true } }],
  ])('needs another that works to stay where %s', (_, wanted) => {
    const both = factsOf({ ...wanted, authenticators: [app, phone] });
    expect(mayRemoveFactor(both, app.id)).toEqual({ outcome: 'removable', keepOneOf: [phone.id] });
    const one = factsOf({ ...wanted, authenticators: [app] });
    expect(mayRemoveFactor(one, app.id)).toEqual({ outcome: 'last-factor' });
  });

  it.each([
    ['was switched off', { authenticators: [app, { ...phone, usable: false }] }, {}],
    [
      'is of a kind that is not allowed any more',
      { authenticators: [app, phone] },
      { methods: ['totp'] as const },
    ],
    ['cannot be reached here', { authenticators: [app, phone], availableKinds: ['totp'] as const }, {}],
  ])('does not count another that %s', (_, changes, policy) => {
    const facts = factsOf({ ...changes, policy: { ...required, ...policy } });
    expect(mayRemoveFactor(facts, app.id)).toEqual({ outcome: 'last-factor' });
  });

  it('counts the address on file that an administrator assigned, which nothing can remove', () => {
    const facts = factsOf({
      policy: required,
      member: { enabled: true, assignedKind: 'email' },
      onFile: { email: true, phone: false },
      authenticators: [app],
    });
    expect(mayRemoveFactor(facts, app.id)).toEqual({ outcome: 'removable', keepOneOf: null });
  });

  it('counts an address through which this session came: another session can prove it', () => {
    const email = authenticator('email');
    const facts = factsOf({ policy: required, authenticators: [app, email], spentChannels: [email.id] });
    expect(mayRemoveFactor(facts, app.id)).toEqual({ outcome: 'removable', keepOneOf: [email.id] });
  });
});
