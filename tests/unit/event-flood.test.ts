import { EventFlood } from '../../src/event-flood';
import type { MfaEvent } from '../../src/events';

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
    expect(flood.isRepeated(refusal)).toBe(false);
    expect(flood.isRepeated({ ...refusal, at: refusal.at + 59_999 })).toBe(true);
    expect(flood.isRepeated({ ...refusal, at: refusal.at + 60_000 })).toBe(false);
  });

  it('tells people, addresses and reasons apart', () => {
    const flood = new EventFlood();
    flood.isRepeated(refusal);
    expect(flood.isRepeated({ ...refusal, userId: 'mary' })).toBe(false);
    expect(flood.isRepeated({ ...refusal, address: '192.0.2.2' })).toBe(false);
    expect(flood.isRepeated({ ...refusal, details: { because: 'locked' } })).toBe(false);
  });

  it('never holds back what a person did', () => {
    const flood = new EventFlood();
    const added: MfaEvent = { ...refusal, name: 'authenticator-added' };
    expect(flood.isRepeated(added)).toBe(false);
    expect(flood.isRepeated(added)).toBe(false);
  });

  it('forgets the oldest when ten thousand others came', () => {
    const flood = new EventFlood();
    flood.isRepeated(refusal);
    for (let index = 0; index < 10_000; index += 1) flood.isRepeated({ ...refusal, userId: String(index) });
    expect(flood.isRepeated(refusal)).toBe(false);
  });
});
