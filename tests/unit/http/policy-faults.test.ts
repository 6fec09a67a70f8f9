import { defaultPolicy } from '../../../src/core/policy/policy';
import { ENGLISH } from '../../../src/factors/factor-words';
import { allFaults, errorsByField } from '../../../src/http/admin/policy-faults';

const policy = { ...defaultPolicy('acme'), methods: ['totp', 'sms', 'email'], enabled: true };
const kinds = ['totp', 'sms', 'email'] as const;
const past = { field: 'graceUntil', because: 'date-in-past', message: 'Choose a future date.' };

describe('the faults of a policy', () => {
  it('are said all at once, whatever could not be read among them', () => {
    const draft = { ...policy, methods: [], sessionDurationSeconds: 4000 * 86_400 };
    expect(errorsByField(ENGLISH, allFaults(ENGLISH, [past], draft, kinds))).toEqual({
      graceUntil: past.message,
      methods: 'No method is allowed. Choose at least one.',
      sessionDuration: 'That is too long. Choose up to 400 days.',
    });
  });

  it('name a field once, with what was found first', () => {
    const unread = {
      field: 'sessionDurationSeconds',
      because: 'malformed',
      message: 'That isn’t a length of time.',
    };
    const faults = allFaults(ENGLISH, [unread], { ...policy, sessionDurationSeconds: 0 }, kinds);
    expect(errorsByField(ENGLISH, faults)).toEqual({ sessionDuration: unread.message });
  });

  it('speak of a number and its unit in the form, not of seconds', () => {
    const faults = allFaults(
      ENGLISH,
      [],
      { ...policy, sessionDurationSeconds: 0, idleTimeoutSeconds: 0 },
      kinds,
    );
    expect(Object.values(errorsByField(ENGLISH, faults)).join(' ')).not.toContain('seconds');
  });

  it('that belong to no field stand above the form', () => {
    const version = { field: 'version', because: 'malformed', message: 'Reload the page.' };
    expect(errorsByField(ENGLISH, [version])).toEqual({ policy: 'Reload the page.' });
  });
});
