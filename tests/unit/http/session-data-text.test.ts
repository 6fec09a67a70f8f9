import * as fc from 'fast-check';
import {
  formatSessionData,
  parseSessionData,
  type MfaSessionData,
} from '../../../src/http/session/session-data-text';

const grant = {
  userId: 'u 1|"',
  handle: 'handle',
  userEpoch: 'user-epoch',
  grantedIn: 'mark',
  organizationEpochs: [
    ['acme:1', 'one'],
    ['globex,2', 'two'],
  ],
  startedAt: 1_795_707_648_775,
  seenAt: 1_795_707_648_779,
  evidence: [
    { method: 'password', at: 1_795_707_648_733 },
    { method: 'totp', at: 1_795_707_648_775, authenticatorId: 'app' },
  ],
  skipped: true,
} as const satisfies MfaSessionData['session'];

const refused = expect.objectContaining({ code: 'records-unreadable' });

describe('our session data as text', () => {
  it.each<[string, MfaSessionData]>([
    ['nothing', {}],
    ['a session', { session: grant }],
    ['a session and what a page left', { session: grant, csrfToken: 't|"', returnTo: '/a|b' }],
    ['no session', { csrfToken: 't', onboarding: true }],
  ])('holds %s', (_what, sessionData) => {
    expect(parseSessionData(formatSessionData(sessionData))).toEqual(sessionData);
  });

  it('leaves out what is undefined', () => {
    expect(
      parseSessionData(formatSessionData({ session: grant, challengeHint: undefined, csrfToken: undefined })),
    ).toEqual({
      session: grant,
    });
    expect(parseSessionData(formatSessionData({ session: undefined }))).toEqual({});
  });

  it('writes a session without a quote, which every hash of it would have to escape', () => {
    expect(formatSessionData({ session: grant })).not.toMatch(/["\\]/);
  });

  it('takes any ids that a host may have', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.string({ unit: 'binary' }),
        (userId, id) => {
          const session = { ...grant, userId, organizationEpochs: [[id, 'epoch']] as const };
          expect(parseSessionData(formatSessionData({ session }))).toEqual({ session });
        },
      ),
    );
  });

  const fields = formatSessionData({ session: grant }).split(' ');

  it.each([
    ['organizations', 4, 'acme'],
    ['start', 5, 'x!'],
    ['last use', 6, 'x!'],
    ['evidence', 7, 'nonsense'],
    ['mark of a skipped enrollment', 8, '?'],
  ])('refuses %s that it did not write', (_name, place, text) => {
    expect(() => parseSessionData(fields.with(place, text).join(' '))).toThrow(refused);
  });

  it.each([1, 3, 4, 5, 6, 7, 8])('refuses a session of %i fields', (count) => {
    expect(() => parseSessionData(fields.slice(0, count).join(' '))).toThrow(refused);
  });

  it.each(['|null', '|5', '|"text"'])('refuses %s after the session', (text) => {
    expect(() => parseSessionData(`${fields.join(' ')}${text}`)).toThrow(refused);
  });
});
