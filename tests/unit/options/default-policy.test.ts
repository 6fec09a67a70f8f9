import { defaultPolicy } from '../../../src/core/policy/policy';
import { refusal, resolve, sender, smsSender } from './given-options';

describe('the default policy', () => {
  it('is what organizations have that never saved one, with the host’s changes', () => {
    const { defaultPolicy: policyOf } = resolve({
      defaultPolicy: { enabled: true, enrollment: 'optional', skips: undefined },
    });
    expect(policyOf('acme')).toEqual({
      ...defaultPolicy('acme'),
      methods: ['passkey', 'totp', 'sms', 'email'],
      enabled: true,
      enrollment: 'optional',
    });
    expect(policyOf('globex').organizationId).toBe('globex');
  });

  it.each([
    [['email'], {}, 'pass `email` to createMfa'],
    [['sms'], {}, 'pass `sms` to createMfa'],
    [['sms', 'email'], { sms: smsSender }, 'pass `email` to createMfa'],
  ])('names the sender that %p lack', (methods, senders, advice) => {
    const { message, option, because, faults } = refusal({
      defaultPolicy: { enabled: true, methods },
      ...senders,
    });
    expect(message).toContain(advice);
    expect(option).toBe('defaultPolicy.methods');
    expect(faults).toMatchObject([{ field: 'methods', because }]);
  });

  it.each([
    ['enrollment', 'require', "did you mean 'required'?"],
    ['enrollment', 'always', 'It must be one of assigned, optional, required.'],
    ['methods', ['totpp'], "did you mean 'totp'?"],
    ['enabled', 'yes', 'It must be true or false.'],
  ])('takes no %s that is %p', (field, value, advice) => {
    const { message, option } = refusal({ defaultPolicy: { [field]: value } });
    expect(option).toBe(`defaultPolicy.${field}`);
    expect(message).toContain(advice);
  });

  it('is judged by what can be delivered here', () => {
    const policy = { enabled: true, methods: ['sms', 'email'] };
    expect(
      resolve({ defaultPolicy: policy, email: sender, sms: smsSender }).defaultPolicy('acme'),
    ).toMatchObject(policy);
    expect(refusal({ defaultPolicy: policy, sms: smsSender }).message).toContain('cannot be the only method');
  });
});
