import { ENGLISH } from '../../../src/factors/factor-words';
import { proofInWords, sentenceFor } from '../../../src/http/kernel/language';
import { TOKEN_REFUSALS } from '../../../src/http/kernel/token-refusal';

describe('the sentence for a refused code', () => {
  it('speaks of the newest message only where one was sent', () => {
    expect(sentenceFor(ENGLISH, 'wrong-code', 'sms')).toContain('newest message');
    expect(sentenceFor(ENGLISH, 'wrong-code', 'email')).toContain('newest message');
    expect(sentenceFor(ENGLISH, 'wrong-code', 'totp')).not.toContain('message');
    expect(sentenceFor(ENGLISH, 'wrong-code')).not.toContain('message');
  });

  it('sends whoever types a recovery code to the list', () => {
    expect(sentenceFor(ENGLISH, 'wrong-code', 'recovery-code')).toContain('your list');
    expect(sentenceFor(ENGLISH, 'code-used', 'recovery-code')).toContain('another one from your list');
  });

  it('is the same for every kind where the reason has nothing to do with it', () => {
    expect(sentenceFor(ENGLISH, 'locked', 'recovery-code')).toBe(sentenceFor(ENGLISH, 'locked'));
  });
});

describe('the sentence for a refused form', () => {
  it('is another one for each cause', () => {
    const causes = [
      ...TOKEN_REFUSALS,
      'plain-http',
      'cookie-not-sent',
      'sign-in-form-too-old',
      'sign-in-out-of-date',
    ];
    const sentences = causes.map((cause) => sentenceFor(ENGLISH, cause));
    expect(new Set([...sentences, sentenceFor(ENGLISH, 'no such reason')]).size).toBe(causes.length + 1);
  });
});

describe('how a session was proven', () => {
  it('is named with a capital letter, also where nothing was proven', () => {
    expect(proofInWords(ENGLISH, ['password', 'totp'])).toBe('Password and authenticator app');
    expect(proofInWords(ENGLISH, [])).toBe(ENGLISH.t('proof.none'));
    expect(proofInWords(ENGLISH, [])).toMatch(/^[A-Z]/);
  });
});
