import { smsText } from '../../../src/delivery/message-text';
import { ENGLISH } from '../../../src/factors/factor-words';

const message = {
  issuer: 'Acme Portal',
  host: 'portal.acme.example',
  code: '204417',
  purpose: 'login',
  codeSeconds: 300,
} as const;

/** How browsers read an origin-bound one-time code: https://wicg.github.io/sms-one-time-codes/ */
function parseOriginBoundCode(text: string) {
  const line = text.slice(text.lastIndexOf('\n') + 1);
  const [, host, code] = /^@([^\s#%/@]+) #([^\s%]+)$/.exec(line) ?? [];
  return { host, code };
}

describe('smsText', () => {
  it.each(['login', 'step-up', 'enroll', 'unlock'] as const)(
    'ends with the host and the code: %s',
    (purpose) => {
      expect(parseOriginBoundCode(smsText(ENGLISH, { ...message, purpose }))).toEqual({
        host: 'portal.acme.example',
        code: '204417',
      });
    },
  );

  it('says what, where, how long, and never to share it', () => {
    expect(smsText(ENGLISH, message)).toBe(
      '204417 is your Acme Portal code to sign in at portal.acme.example.\n' +
        'It expires in 5 minutes. Never share it.\n\n@portal.acme.example #204417',
    );
  });

  it('holds no link, and fits where it is billed as one or two messages', () => {
    const text = smsText(ENGLISH, message);
    expect(text).not.toMatch(/https?:/);
    expect(text.length).toBeLessThanOrEqual(160);
  });
});
