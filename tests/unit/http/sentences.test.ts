import { sentenceFor } from '../../../src/http/kernel/sentences';
import { TOKEN_REFUSALS } from '../../../src/http/kernel/token-refusal';

describe('the sentence for a refused code', () => {
  it('speaks of the newest message only where one was sent', () => {
    expect(sentenceFor('wrong-code', 'sms')).toContain('newest message');
    expect(sentenceFor('wrong-code', 'email')).toContain('newest message');
    expect(sentenceFor('wrong-code', 'totp')).not.toContain('message');
    expect(sentenceFor('wrong-code')).not.toContain('message');
  });

  it('sends whoever types a recovery code to the list', () => {
    expect(sentenceFor('wrong-code', 'recovery-code')).toContain('your list');
    expect(sentenceFor('code-used', 'recovery-code')).toContain('another one from your list');
  });

  it('is the same for every kind where the reason has nothing to do with it', () => {
    expect(sentenceFor('locked', 'recovery-code')).toBe(sentenceFor('locked'));
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
    const sentences = causes.map((cause) => sentenceFor(cause));
    expect(new Set([...sentences, sentenceFor('no such reason')]).size).toBe(causes.length + 1);
  });
});
