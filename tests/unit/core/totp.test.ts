import * as fc from 'fast-check';
import { generateSync, ScureBase32Plugin } from 'otplib';
import { PlainSecret } from '../../../src/core/proof/secrets';
import {
  formatSecret,
  instantOfStep,
  issueTotpSecret,
  timeStepAt,
  totpUri,
  verifyTotp,
} from '../../../src/core/proof/totp';
import { totpCode, wrongCode } from '../../support/totp';

const rfcSecret = new PlainSecret('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
const now = Date.UTC(2026, 0, 15, 12, 0, 0);
const step = timeStepAt(now);

function verify(
  secret: PlainSecret,
  submittedCode: string,
  options: { at?: number; window?: 0 | 1; lastAcceptedStep?: number | null } = {},
) {
  const { at = now, window = 1, lastAcceptedStep = null } = options;
  return verifyTotp({ secret, submittedCode, now: at, window, accepted: { lastAcceptedStep } });
}

describe('verifyTotp', () => {
  it.each([755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871, 520489])(
    'accepts the codes of RFC 4226, appendix D: %i',
    (code) => {
      const codes = [755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871, 520489];
      const timeStep = codes.indexOf(code);
      const at = timeStep * 30_000;
      expect(verify(rfcSecret, String(code), { at, window: 0 })).toEqual({ outcome: 'verified', timeStep });
    },
  );

  it.each([
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ])('computes the codes of RFC 6238, appendix B, at %i s', (seconds, code) => {
    expect(generateSync({ secret: rfcSecret.reveal(), epoch: seconds, digits: 8 })).toBe(code);
    expect(verify(rfcSecret, code.slice(2), { at: seconds * 1000, window: 0 })).toEqual({
      outcome: 'verified',
      timeStep: Math.floor(seconds / 30),
    });
  });

  // RFC 6238, appendix B, with the keys of its errata: as many bytes as the hash has.
  it.each([
    ['SHA-1', 20, 59, '94287082'],
    ['SHA-256', 32, 59, '46119246'],
    ['SHA-512', 64, 59, '90693936'],
    ['SHA-1', 20, 1_111_111_109, '07081804'],
    ['SHA-256', 32, 1_111_111_109, '68084774'],
    ['SHA-512', 64, 1_111_111_109, '25091201'],
    ['SHA-256', 32, 20_000_000_000, '77737706'],
    ['SHA-512', 64, 20_000_000_000, '47863826'],
  ] as const)('accepts codes of %s with 8 digits, %i bytes, at %i s', (algorithm, bytes, seconds, code) => {
    const key = '1234567890'.repeat(7).slice(0, bytes);
    const secret = new PlainSecret(new ScureBase32Plugin().encode(Buffer.from(key)));
    const parameters = { algorithm, digits: 8, periodSeconds: 30 } as const;
    const request = { secret, now: seconds * 1000, window: 0, accepted: { lastAcceptedStep: null } } as const;
    const timeStep = Math.floor(seconds / 30);
    expect(verifyTotp({ ...request, submittedCode: code, parameters })).toEqual({
      outcome: 'verified',
      timeStep,
    });
    expect(verifyTotp({ ...request, submittedCode: code.slice(2), parameters }).outcome).toBe('rejected');
    expect(verifyTotp({ ...request, submittedCode: code }).outcome).toBe('rejected');
  });

  it('counts steps of 60 seconds, and explains a clock that is up to ten minutes off', () => {
    const parameters = { algorithm: 'SHA-1', digits: 6, periodSeconds: 60 } as const;
    const codeAt = (at: number) =>
      generateSync({ secret: rfcSecret.reveal(), epoch: Math.floor(at / 1000), period: 60 });
    const judge = (code: string) =>
      verifyTotp({
        secret: rfcSecret,
        submittedCode: code,
        now,
        window: 1,
        accepted: { lastAcceptedStep: null },
        parameters,
      });
    const timeStep = timeStepAt(now, parameters);
    expect(timeStep * 60_000).toBe(instantOfStep(timeStep, parameters));
    expect(judge(codeAt(now - 60_000))).toEqual({ outcome: 'verified', timeStep: timeStep - 1 });
    expect(judge(codeAt(now + 600_000))).toMatchObject({ because: 'clock-off', driftSeconds: 600 });
    expect(judge(codeAt(now + 660_000))).toEqual({ outcome: 'rejected', because: 'wrong-code' });
  });

  it('agrees with an authenticator app at every instant and for every secret', () => {
    fc.assert(
      fc.property(fc.nat(4e12), (at) => {
        const secret = issueTotpSecret();
        expect(verify(secret, totpCode(secret.reveal(), at), { at, window: 0 })).toEqual({
          outcome: 'verified',
          timeStep: timeStepAt(at),
        });
      }),
      { numRuns: 200 },
    );
  });

  it.each([-1, 0, 1])('accepts one step each side with a window of 1: %i', (offset) => {
    const code = totpCode(rfcSecret.reveal(), now + offset * 30_000);
    expect(verify(rfcSecret, code)).toEqual({ outcome: 'verified', timeStep: step + offset });
  });

  it.each([-2, 2])('accepts no step beyond the window: %i', (offset) => {
    const code = totpCode(rfcSecret.reveal(), now + offset * 30_000);
    expect(verify(rfcSecret, code).outcome).toBe('rejected');
  });

  it('accepts the present step alone with a window of 0', () => {
    const at = (offset: number) => totpCode(rfcSecret.reveal(), now + offset * 30_000);
    expect(verify(rfcSecret, at(0), { window: 0 }).outcome).toBe('verified');
    expect(verify(rfcSecret, at(-1), { window: 0 })).toMatchObject({
      because: 'clock-off',
      driftSeconds: -30,
    });
    expect(verify(rfcSecret, at(1), { window: 0 })).toMatchObject({ because: 'clock-off', driftSeconds: 30 });
  });

  it('refuses a step at or below the last accepted one', () => {
    const code = totpCode(rfcSecret.reveal(), now);
    const older = totpCode(rfcSecret.reveal(), now - 30_000);
    const used = { outcome: 'rejected', because: 'code-used' };
    expect(verify(rfcSecret, code, { lastAcceptedStep: step })).toEqual(used);
    expect(verify(rfcSecret, older, { lastAcceptedStep: step })).toEqual(used);
    expect(verify(rfcSecret, code, { lastAcceptedStep: step + 1 })).toEqual(used);
    expect(verify(rfcSecret, code, { lastAcceptedStep: step - 1 }).outcome).toBe('verified');
  });

  it.each([-600, -570, -300, 60, 90, 600])(
    'says that a clock is off by %i seconds, and accepts nothing',
    (drift) => {
      const code = totpCode(rfcSecret.reveal(), now + drift * 1000);
      expect(verify(rfcSecret, code)).toEqual({
        outcome: 'rejected',
        because: 'clock-off',
        driftSeconds: drift,
      });
    },
  );

  it.each([-630, 630, 86_400])('explains nothing further away: %i seconds', (drift) => {
    const code = totpCode(rfcSecret.reveal(), now + drift * 1000);
    expect(verify(rfcSecret, code)).toEqual({ outcome: 'rejected', because: 'wrong-code' });
  });

  it('calls a code used whose step has just left the window, and was accepted in it', () => {
    for (const window of [0, 1] as const) {
      const offset = -(window + 1);
      const code = totpCode(rfcSecret.reveal(), now + offset * 30_000);
      expect(verify(rfcSecret, code, { window, lastAcceptedStep: step + offset })).toEqual({
        outcome: 'rejected',
        because: 'code-used',
      });
      expect(verify(rfcSecret, code, { window })).toEqual({
        outcome: 'rejected',
        because: 'clock-off',
        driftSeconds: offset * 30,
      });
    }
  });

  it('calls an old code used where a later one was accepted, since then the clock is right', () => {
    const code = totpCode(rfcSecret.reveal(), now - 300_000);
    expect(verify(rfcSecret, code, { lastAcceptedStep: step - 1 })).toMatchObject({ because: 'code-used' });
  });

  it('refuses a wrong code, and anything that is no code, without throwing', () => {
    const wrong = { outcome: 'rejected', because: 'wrong-code' };
    const none = wrongCode(totpCode(rfcSecret.reveal(), now));
    expect(verify(rfcSecret, none)).toEqual(wrong);
    expect(verify(rfcSecret, none, { lastAcceptedStep: step })).toEqual(wrong);
    for (const text of ['', '12345', '1234567', '١٢٣٤٥٦', 'abcdef', '0'.repeat(1_000_000)]) {
      expect(verify(rfcSecret, text)).toEqual(wrong);
    }
  });

  it('works at the start of the epoch, where there is no earlier step', () => {
    expect(verify(rfcSecret, '000000', { at: 0 })).toEqual({ outcome: 'rejected', because: 'wrong-code' });
  });
});

describe('issueTotpSecret', () => {
  it('draws 160 bits that are never the same', () => {
    const secrets = Array.from({ length: 1000 }, () => issueTotpSecret().reveal());
    expect(secrets.every((secret) => /^[A-Z2-7]{32}$/.test(secret))).toBe(true);
    expect(new Set(secrets).size).toBe(1000);
  });

  it('is read out in groups of four', () => {
    expect(formatSecret(rfcSecret)).toBe('GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ');
  });
});

describe('totpUri', () => {
  const parse = (issuer: string, account: string) => {
    const url = new URL(totpUri({ issuer, account, secret: rfcSecret }));
    return { url, label: decodeURIComponent(url.pathname.slice(1)) };
  };

  it('parses back to what went in, whatever an account is called', () => {
    const account = 'a&secret=AAAA#x?issuer=Evil%0a/';
    const { url, label } = parse('Acme & Söhne', account);
    expect(url.protocol + url.host).toBe('otpauth:totp');
    expect(label).toBe(`Acme & Söhne:${account}`);
    expect(url.searchParams.getAll('issuer')).toEqual(['Acme & Söhne']);
    expect(url.searchParams.getAll('secret')).toEqual([rfcSecret.reveal()]);
    expect(url.hash).toBe('');
  });

  it.each(['x'.repeat(3000), '漢'.repeat(3000), '😀'.repeat(64), '\ud800', 'a\r\nb\u202e'])(
    'stays short enough for a QR code, whatever the names are',
    (name) => {
      const { url, label } = parse(name, name);
      expect(url.href.length).toBeLessThan(800);
      expect(label).not.toMatch(/[\r\n\u202e]/);
      expect(url.searchParams.get('secret')).toBe(rfcSecret.reveal());
    },
  );

  it('has one colon, between issuer and account', () => {
    expect(parse('Acme: Portal', 'evil:ada').label.split(':')).toHaveLength(2);
  });
});

describe('instantOfStep', () => {
  it('is when the step begins', () => {
    expect(instantOfStep(step)).toBe(now);
    expect(timeStepAt(instantOfStep(step) - 1)).toBe(step - 1);
  });
});
