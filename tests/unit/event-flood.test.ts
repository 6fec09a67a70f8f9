import { EventFlood } from '../../src/events/event-recorder';
import { type MfaEvent } from '../../src/events/events';

const refusal: MfaEvent = {
  name: 'request-refused',
  at: 1_000_000,
  organizationId: 'acme',
  userId: 'ada',
  address: '192.0.2.1',
  details: { because: 'assurance-too-low' },
};

describe('EventFlood', () => {
  it('lets the same refusal through once a minute', () => {
    const flood = new EventFlood();
    expect(flood.isHeldBack(refusal)).toBe(false);
    expect(flood.isHeldBack({ ...refusal, at: refusal.at + 59_999 })).toBe(true);
    expect(flood.isHeldBack({ ...refusal, at: refusal.at + 60_000 })).toBe(false);
  });

  it('holds nothing back because of an event from the future', () => {
    const flood = new EventFlood();
    const ahead = refusal.at + 86_400_000;
    flood.isHeldBack({ ...refusal, at: ahead });
    expect(flood.isHeldBack(refusal)).toBe(false);
    expect(flood.isHeldBack({ ...refusal, at: refusal.at + 1 })).toBe(true);
    const accepted: MfaEvent = { ...refusal, name: 'password-accepted' };
    for (let event = 0; event < 30; event += 1) flood.isHeldBack({ ...accepted, at: ahead });
    expect(flood.isHeldBack(accepted)).toBe(false);
  });

  it('tells people, addresses and reasons apart', () => {
    const flood = new EventFlood();
    flood.isHeldBack(refusal);
    expect(flood.isHeldBack({ ...refusal, userId: 'mary' })).toBe(false);
    expect(flood.isHeldBack({ ...refusal, address: '192.0.2.2' })).toBe(false);
    expect(flood.isHeldBack({ ...refusal, details: { because: 'locked' } })).toBe(false);
  });

  it('never holds back what a person did', () => {
    const flood = new EventFlood();
    const added: MfaEvent = { ...refusal, name: 'authenticator-added' };
    expect(flood.isHeldBack(added)).toBe(false);
    expect(flood.isHeldBack(added)).toBe(false);
  });

  it('holds back what one person causes more than twenty times in a minute, from whatever address', () => {
    const flood = new EventFlood();
    const accepted = (change: Partial<MfaEvent> = {}): MfaEvent => ({
      ...refusal,
      name: 'password-accepted',
      ...change,
    });
    const stored = Array.from({ length: 100 }, (_, index) =>
      flood.isHeldBack(accepted({ address: `192.0.2.${index}`, at: refusal.at + index })),
    );
    expect(stored.filter((heldBack) => !heldBack)).toHaveLength(20);
    expect(flood.isHeldBack(accepted({ name: 'signed-in' }))).toBe(false);
    expect(flood.isHeldBack(accepted({ userId: 'mary' }))).toBe(false);
    expect(flood.isHeldBack(accepted({ at: refusal.at + 60_000 }))).toBe(false);
  });

  it('holds back nothing that an administrator did', () => {
    const flood = new EventFlood();
    const reset: MfaEvent = { ...refusal, name: 'member-reset', actorId: 'grace' };
    const heldBack = Array.from({ length: 100 }, () => flood.isHeldBack(reset));
    expect(heldBack).not.toContain(true);
  });

  it('forgets the oldest when ten thousand others came', () => {
    const flood = new EventFlood();
    flood.isHeldBack(refusal);
    for (let index = 0; index < 10_000; index += 1) flood.isHeldBack({ ...refusal, userId: String(index) });
    expect(flood.isHeldBack(refusal)).toBe(false);
  });
});
