import { sentenceFor } from '../../../src/http/sentences';

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
