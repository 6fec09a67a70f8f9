import {
  EVENT_NAMES,
  SEVERITIES,
  namesOfSeverity,
  withoutPerson,
  type MfaEvent,
} from '../../src/events/events';

const event: MfaEvent = {
  name: 'authenticator-added',
  at: 5,
  organizationId: 'acme',
  userId: 'ada',
  actorId: 'bob',
  address: '192.0.2.1',
  details: {
    kind: 'totp',
    because: 'required',
    label: 'Ada’s phone',
    authenticatorId: 'x',
    count: 2,
    replaced: true,
  },
};

describe('an event without its person', () => {
  it('keeps what happened and when, and the other person', () => {
    const kept = { name: 'authenticator-added', at: 5, organizationId: 'acme' };
    const details = { kind: 'totp', because: 'required', count: 2, replaced: true };
    expect(withoutPerson(event, 'ada')).toEqual({ ...kept, actorId: 'bob', details });
    expect(withoutPerson(event, 'bob')).toEqual({ ...kept, userId: 'ada', details });
  });

  it('keeps no detail that is the id, whatever its name', () => {
    expect(withoutPerson({ ...event, details: { kind: 'ada' } }, 'ada').details).toEqual({});
  });
});

describe('the severity of events', () => {
  it('is one for each event', () => {
    const all = SEVERITIES.flatMap((severity) => namesOfSeverity(severity));
    expect(all.toSorted()).toEqual([...EVENT_NAMES].toSorted());
  });
});
