import {
  adoptedHandle,
  isAdoptedHandle,
  isStartUnknown,
  successorHandle,
} from '../../../src/core/decision/session-lifetime';

describe('the handle of a session that was found', () => {
  it('is the same for the same session, another for another, and does not say its id', () => {
    const handle = adoptedHandle('a-session-id', 'known');
    expect(adoptedHandle('a-session-id', 'known')).toBe(handle);
    expect(adoptedHandle('another-id', 'known')).not.toBe(handle);
    expect(handle).toMatch(/^@[\w-]{12}$/);
  });

  it('says whether it is known when the session began', () => {
    const [known, unknown] = [adoptedHandle('id', 'known'), adoptedHandle('id', 'unknown')];
    expect([known, unknown, 'drawn'].map(isAdoptedHandle)).toEqual([true, true, false]);
    expect([known, unknown, 'drawn'].map(isStartUnknown)).toEqual([false, true, false]);
  });

  it('is handed on to the session that follows', () => {
    expect(successorHandle(adoptedHandle('id', 'unknown'), 'drawn')).toBe('.drawn');
    expect(successorHandle(adoptedHandle('id', 'known'), 'drawn')).toBe('@drawn');
    expect(successorHandle('before', 'drawn')).toBe('drawn');
  });
});
