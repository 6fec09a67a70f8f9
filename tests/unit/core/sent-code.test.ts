import {
  addCode,
  activeCode,
  confirmCode,
  countCode,
  currentCodes,
  dropCode,
  fallbackOfCode,
  liveCode,
  type SentCode,
} from '../../../src/core/proof/one-time-code';
import { FACTOR_TRAITS } from '../../../src/factors/find-factor';

const code = (id: string, changes: Partial<SentCode> = {}): SentCode => ({
  id,
  sendId: id,
  authenticatorId: 'phone',
  kind: 'sms',
  codeHash: 'hash',
  sentBy: 'sms',
  maskedDestination: '•••• 0123',
  sentAt: 1000,
  expiresAt: 301_000,
  stage: 'counted',
  ...changes,
});

const idsOf = (codes: readonly SentCode[]) => codes.map(({ id }) => id);

describe('the codes of a challenge', () => {
  it('have the newest first, and the four newest are kept', () => {
    const all = ['1', '2', '3', '4', '5'].reduce<readonly SentCode[]>(
      (codes, id) => addCode(codes, code(id)),
      [],
    );
    expect(idsOf(all)).toEqual(['5', '4', '3', '2']);
    expect(idsOf(dropCode(all, '4'))).toEqual(['5', '3', '2']);
    expect(dropCode(all, 'none')).toEqual(all);
  });

  it('end those of the sends before when one went out', () => {
    const codes = [
      code('newer'),
      code('mail', { sendId: 'text', sentBy: 'email' }),
      code('text'),
      code('app', { authenticatorId: 'mailbox', kind: 'email', sentBy: 'email' }),
      code('older'),
    ];
    const confirmed = confirmCode(codes, 'mail');
    expect(idsOf(confirmed)).toEqual(['newer', 'mail', 'text', 'app']);
    expect(confirmed.map(({ stage }) => stage)).toEqual(['counted', 'sent', 'counted', 'counted']);
    expect(idsOf(confirmCode(codes, 'older'))).toEqual(idsOf(codes));
    expect(confirmCode(codes, 'none')).toEqual(codes);
  });

  it('count one and no other', () => {
    const codes = [code('a', { stage: 'stored' }), code('b', { stage: 'stored' })];
    expect(countCode(codes, 'b').map(({ stage }) => stage)).toEqual(['stored', 'counted']);
  });

  it('are those of the method that is asked', () => {
    const codes = [code('a'), code('b', { authenticatorId: 'other' }), code('c')];
    expect(idsOf(currentCodes({ authenticatorId: 'phone', codes }))).toEqual(['a', 'c']);
  });

  it('hold until their own end, and go out once they are counted', () => {
    const codes = [code('new', { stage: 'stored', expiresAt: 500_000 }), code('old')];
    const asked = { authenticatorId: 'phone', codes };
    expect(liveCode(asked, 300_999)?.id).toBe('new');
    expect(activeCode(asked, 300_999)?.id).toBe('old');
    expect(activeCode(asked, 301_000)).toBeUndefined();
    expect(liveCode(asked, 500_000)).toBeUndefined();
    expect(liveCode({ ...asked, authenticatorId: 'other' }, 0)).toBeUndefined();
  });

  it('say which of them fell back', () => {
    expect(fallbackOfCode({ kind: 'sms', sentBy: 'email' }, FACTOR_TRAITS)).toBe('sms');
    expect(fallbackOfCode({ kind: 'sms', sentBy: 'sms' }, FACTOR_TRAITS)).toBeNull();
    expect(fallbackOfCode({ kind: 'email', sentBy: 'email' }, FACTOR_TRAITS)).toBeNull();
  });
});
