import * as fc from 'fast-check';
import {
  ROTATION_GRACE_SECONDS,
  rotateBrowser,
  type RememberedBrowser,
} from '../../../src/core/member/remembered-browser';

const NOW = Date.UTC(2026, 0, 15);

const fresh: RememberedBrowser = {
  id: 'b',
  organizationId: 'acme',
  tokenHash: 't0',
  previousTokenHash: null,
  branch: '',
  confirmed: false,
  rotatedAt: NOW,
  securityFingerprint: 'f',
  createdAt: NOW,
  lastUsedAt: null,
  expiresAt: NOW + 86_400_000,
  userAgent: '',
  address: '',
};

/** A token is a text, and what follows it is that text, a dot, and the branch. */
const next = (token: string, branch = '') => `${token}.${branch}`;

function send(browser: RememberedBrowser, token: string, now = NOW, branch = 'x'): RememberedBrowser | null {
  return rotateBrowser(browser, {
    tokenHashes: ['older-key', token],
    nextTokenHash: next(token),
    again: { branch, tokenHash: next(token, branch) },
    graceSeconds: ROTATION_GRACE_SECONDS,
    now,
  });
}

const used = send(fresh, 't0', NOW) ?? fresh;
const late = NOW + 60_000;

describe('the token of a remembered browser', () => {
  it('is followed by the next one', () => {
    expect(used).toEqual({ ...fresh, tokenHash: 't0.', previousTokenHash: 't0', lastUsedAt: NOW });
    expect(send({ ...used, confirmed: true, branch: 'y' }, 't0.', NOW + 5)).toEqual({
      ...fresh,
      tokenHash: 't0..',
      previousTokenHash: 't0.',
      rotatedAt: NOW + 5,
      lastUsedAt: NOW + 5,
    });
  });

  it('is a replay where nobody knows it, and where there is none before', () => {
    expect(send(fresh, 'other')).toBeNull();
    expect(send(used, 'other')).toBeNull();
  });

  it('is taken for a minute beside the next one, which stays the same', () => {
    expect(ROTATION_GRACE_SECONDS).toBe(60);
    const again = send({ ...used, confirmed: true }, 't0', late - 1);
    expect(again).toEqual({ ...used, confirmed: true, lastUsedAt: late - 1 });
    expect(send(again ?? used, 't0', late - 1)).toEqual(again);
  });

  it('is a replay after that minute, where the next one has come back', () => {
    expect(send({ ...used, confirmed: true }, 't0', late)).toBeNull();
  });

  it('is taken later too where the next one never came back, and is followed by another one', () => {
    expect(send(used, 't0', late)).toEqual({
      ...used,
      tokenHash: 't0.x',
      branch: 'x',
      rotatedAt: late,
      lastUsedAt: late,
    });
  });

  it('gives a copy away: what was handed out before is a replay then', () => {
    const again = send(used, 't0', late) ?? used;
    expect(send(again, 't0.', late + 1)).toBeNull();
    expect(send(again, 't0.x', late + 1)).toMatchObject({ tokenHash: 't0.x.', previousTokenHash: 't0.x' });
  });

  it('has no grace from a rotation in the future', () => {
    const ahead = { ...used, confirmed: true, rotatedAt: NOW + 3_600_000 };
    expect(send(ahead, 't0', NOW)).toBeNull();
    expect(send({ ...ahead, rotatedAt: NOW + 30_000 }, 't0', NOW)).not.toBeNull();
  });

  it('is never held by two for long: of two copies in use one is found out', () => {
    const act = fc.record({ thief: fc.boolean(), pauseMs: fc.constantFrom(61_000, 3_600_000) });
    fc.assert(
      fc.property(fc.array(act, { minLength: 6, maxLength: 20 }), (acts) => {
        let [browser, now] = [fresh, NOW];
        const holds = { thief: 't0', owner: 't0' };
        let replayed = false;
        for (const { thief, pauseMs } of acts) {
          now += pauseMs;
          const who = thief ? 'thief' : 'owner';
          const after = send(browser, holds[who], now, String(now));
          replayed ||= after === null;
          if (after === null) break;
          holds[who] = after.tokenHash;
          // Each goes on to a page, which shows that the answer arrived.
          browser = { ...after, confirmed: true };
        }
        const turns = acts.filter(({ thief }, index) => index > 0 && thief !== acts[index - 1]?.thief);
        expect(replayed).toBe(turns.length > 0);
      }),
    );
  });
});
