import { NO_MEMBER_SETTINGS, type MemberSettings } from '../../../src/core/member/member';
import { defaultPolicy, deriveGrace, doesSkipHold, type Policy } from '../../../src/core/policy/policy';
import { HOUR, NOW } from './decision-facts';

const policyOf = (changes: Partial<Policy>): Policy => ({
  ...defaultPolicy('acme'),
  enabled: true,
  ...changes,
});
const memberOf = (changes: Partial<MemberSettings> = {}): MemberSettings => ({
  ...NO_MEMBER_SETTINGS,
  ...changes,
});

describe('deriveGrace', () => {
  const graceOf = (policy: Partial<Policy>, member: Partial<MemberSettings> = {}) =>
    deriveGrace(policyOf(policy), memberOf(member), NOW);

  it('has no end where enrollment is optional and nothing limits it', () => {
    expect(graceOf({ enrollment: 'optional' })).toEqual({ skippable: true });
  });

  it('does not exist where enrollment is required and nothing grants it', () => {
    expect(graceOf({ enrollment: 'required' })).toEqual({ skippable: false });
  });

  it.each(['optional', 'required'] as const)('ends at the date, where enrollment is %s', (enrollment) => {
    expect(graceOf({ enrollment, graceUntil: NOW + 1 })).toEqual({ skippable: true, graceUntil: NOW + 1 });
    expect(graceOf({ enrollment, graceUntil: NOW })).toEqual({ skippable: false });
  });

  it.each(['optional', 'required'] as const)(
    'ends with the last skip, where enrollment is %s',
    (enrollment) => {
      expect(graceOf({ enrollment, skips: 3 }, { skipsUsed: 2 })).toEqual({ skippable: true, skipsLeft: 1 });
      expect(graceOf({ enrollment, skips: 3 }, { skipsUsed: 3 })).toEqual({ skippable: false });
    },
  );

  it('ends at whichever comes first', () => {
    const both = { enrollment: 'required', graceUntil: NOW + HOUR, skips: 3 } as const;
    expect(graceOf(both, { skipsUsed: 1 })).toEqual({
      skippable: true,
      graceUntil: NOW + HOUR,
      skipsLeft: 2,
    });
    expect(graceOf(both, { skipsUsed: 3 })).toEqual({ skippable: false });
    expect(graceOf({ ...both, graceUntil: NOW - 1 })).toEqual({ skippable: false });
  });

  it('ends at once when the count is lowered below what was used', () => {
    expect(graceOf({ enrollment: 'required', skips: 1 }, { skipsUsed: 2 })).toEqual({ skippable: false });
  });

  it('is not for members whom an administrator switched on', () => {
    expect(graceOf({ enrollment: 'optional' }, { enabled: true })).toEqual({ skippable: false });
    expect(graceOf({ enrollment: 'assigned', graceUntil: NOW + HOUR })).toEqual({ skippable: false });
  });
});

describe('doesSkipHold', () => {
  const holds = (policy: Partial<Policy>, member: Partial<MemberSettings> = {}) =>
    doesSkipHold(policyOf(policy), memberOf(member), NOW);

  it('holds for the session after the last skip was spent on it', () => {
    expect(holds({ enrollment: 'required', skips: 3 }, { skipsUsed: 3 })).toBe(true);
  });

  it('ends with the grace period, in the midst of the session', () => {
    expect(holds({ enrollment: 'required', graceUntil: NOW + 1 })).toBe(true);
    expect(holds({ enrollment: 'required', graceUntil: NOW })).toBe(false);
    expect(holds({ enrollment: 'optional', graceUntil: NOW })).toBe(false);
  });

  it('ends when the policy becomes required without grace', () => {
    expect(holds({ enrollment: 'optional' })).toBe(true);
    expect(holds({ enrollment: 'required' })).toBe(false);
  });

  it('ends when an administrator switches the member on', () => {
    expect(holds({ enrollment: 'optional' }, { enabled: true })).toBe(false);
  });
});
