import { onFileId, onFileKind } from '../../../src/core/member/factor-kind';

describe('an address on file', () => {
  it('is told by its id, and no other id is', () => {
    expect(onFileKind(onFileId('email'))).toBe('email');
    expect(onFileKind(onFileId('sms'))).toBe('sms');
    expect(['', 'email', 'on-file-', 'on-file', 'app'].map(onFileKind)).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});
