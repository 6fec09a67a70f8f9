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

describe('the slot as text', () => {
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

  it.each([
    'u',
    'u h e',
    'u h e m',
    'u h e m o:1 x! 1 p1 -',
    'u h e m o:1 1 x! p1 -',
    'u h e m o:1 1 1 p1 ?',
    'u h e m o 1 1 p1 -',
    'u h e m o:1 1 1 nonsense -',
  ])('refuses what it did not write: %s', (text) => {
    expect(() => parseSessionData(text)).toThrow(expect.objectContaining({ code: 'records-unreadable' }));
  });
});
