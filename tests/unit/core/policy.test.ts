import { MAX_SESSION_DURATION_SECONDS, defaultPolicy } from '../../../src/core/policy/policy';

describe('the policy of an organization that saved none', () => {
  it('asks nobody and remembers nothing, and has the session end after 90 days', () => {
    expect(defaultPolicy('acme')).toEqual({
      organizationId: 'acme',
      version: 0,
      strength: 'any',
      enabled: false,
      enrollment: 'assigned',
      methods: [],
      enrollAtSignUp: false,
      backupPhone: false,
      graceUntil: null,
      skips: null,
      rememberBrowserSeconds: 0,
      sessionDurationSeconds: 7_776_000,
      idleTimeoutSeconds: null,
      challengeFederated: false,
      smsFallback: true,
      newBrowserNotice: true,
    });
  });

  it('lets no session live longer than browsers keep a cookie', () => {
    expect(MAX_SESSION_DURATION_SECONDS).toBe(34_560_000);
  });
});
