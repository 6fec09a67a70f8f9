import { addressOnFile } from '../core/code-destination';
import type { AddressesOnFile } from '../core/code-destination';
import type { DeliveredKind } from '../core/factor-kind';
import { maskDestination } from '../core/mask';
import { hashOneTimeCode, issueOneTimeCode } from '../core/one-time-code';
import type { SentCode } from '../core/sent-code';
import type { ChallengeOwner } from '../stores/state-store';
import { newMark } from './context';
import type { FlowContext } from './context';

/** A code before it is sent: its digits, and the form in which it is kept. */
export interface NewCode {
  readonly digits: string;
  readonly kept: SentCode;
}

export interface CodeToMake {
  readonly owner: ChallengeOwner;
  readonly authenticatorId: string;
  readonly kind: DeliveredKind;
  readonly sentBy: DeliveredKind;
  readonly destination: string;
  readonly onFile: AddressesOnFile;
  /** Of the text that it takes the place of. */
  readonly sendId?: string;
  /** When the pending login ends; null under a session. */
  readonly pendingUntil: number | null;
}

/** It is kept before it is sent: a sender that is too slow for us may still deliver it. */
export function makeCode(
  context: Pick<FlowContext, 'clock' | 'keyRing' | 'options'>,
  made: CodeToMake,
): NewCode {
  const { owner, authenticatorId, kind, sentBy, destination, onFile, pendingUntil } = made;
  const id = newMark();
  const digits = issueOneTimeCode();
  const address = addressOnFile({ kind, authenticatorId, sentBy }, onFile);
  const binding = { ...owner, codeId: id, kind, sentBy, address };
  const sentAt = context.clock.now();
  return {
    digits,
    kept: {
      id,
      sendId: made.sendId ?? id,
      authenticatorId,
      kind,
      codeHash: hashOneTimeCode({ code: digits, binding }, context.keyRing),
      sentBy,
      maskedDestination: maskDestination(sentBy, destination),
      sentAt,
      expiresAt: Math.min(sentAt + context.options.codeSeconds * 1000, pendingUntil ?? Infinity),
      stage: 'stored',
    },
  };
}
