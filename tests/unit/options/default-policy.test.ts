import { defaultPolicy } from '../../../src/core/policy';
import { refusal, resolve, sender, smsSender } from './given-options';

describe('the default policy', () => {
  it('is what organizations have that never saved one, with the host’s changes', () => {
    const { defaultPolicy: policyOf } = resolve({
      defaultPolicy: { enabled: true, enrollment: 'optional', skips: undefined },
    });
    expect(policyOf('acme')).toEqual({ ...defaultPolicy('acme'), enabled: true, enrollment: 'optional' });
    expect(policyOf('globex').organizationId).toBe('globex');
  });

  it('is judged by what can be delivered here', () => {
    const policy = { enabled: true, methods: ['sms', 'email'] };
    expect(
      resolve({ defaultPolicy: policy, email: sender, sms: smsSender }).defaultPolicy('acme'),
    ).toMatchObject(policy);
    expect(refusal({ defaultPolicy: policy, sms: smsSender }).message).toContain('cannot be the only method');
  });
});
