import { isAmongChannels } from '../../core/address/destination';
import type { Channel, FactorKind } from '../../core/member/factor-kind';
import {
  addCode,
  activeCode,
  confirmCode,
  countCode,
  dropCode,
  type SentCode,
} from '../../core/proof/one-time-code';
import { PlainSecret, openSecret } from '../../core/proof/secrets';
import { mayArrive } from '../../delivery/delivery';
import { channelOfKind } from '../../factors/find-factor';
import type { Challenge } from '../../stores/state-store';
import { changeChallenge, makeCode, toSent, type NewCode, type Sent } from '../challenge/active-challenge';
import { spendSend, type SendRefused } from '../challenge/spend-send';
import { challengeOwner, type FlowContext, type Origin } from '../context/context';
import { channelsOf } from '../context/first-factor-channels';
import { newEnrollment, reportEnrollment, type EnrollmentGone, type EnrollmentRequest } from './enroll';

export interface DeliveredEnrollmentRequest extends EnrollmentRequest {
  readonly kind: FactorKind;
  readonly destination: string;
  /** Where the request came from, for the email with the code; null in the host's own code. */
  readonly origin: Origin | null;
  /** The person already has a code and wants a new one, so an earlier one does not count as sent. */
  readonly resend?: boolean;
}

export type DeliveredStart =
  | { readonly outcome: 'started'; readonly challenge: Challenge; readonly sent: Sent }
  | {
      readonly outcome: 'refused';
      readonly because: SendRefused['because'] | 'delivery-failed' | 'same-channel';
      readonly retryAfterSeconds?: number;
    }
  | EnrollmentGone;

/** Only kinds with a channel are enrolled here. */
function requireChannel(kind: FactorKind): Channel {
  const channel = channelOfKind(kind);
  if (channel === null) throw new TypeError(`${kind} has no channel to send a code by.`);
  return channel;
}

type StoredCode =
  { readonly outcome: 'begun'; readonly challenge: Challenge; readonly code: NewCode } | EnrollmentGone;

/** No fallback: another channel would prove another address. Stored before it is sent, so that a late code still works. */
export async function startDeliveredEnrollment(
  context: FlowContext,
  request: DeliveredEnrollmentRequest,
): Promise<DeliveredStart> {
  const { destination, gathered } = request;
  const channels = channelsOf(context, {
    member: gathered.member,
    evidence: gathered.facts.session.evidence,
  });
  if (isAmongChannels(context.keyRing, channels, destination))
    return { outcome: 'refused', because: 'same-channel' };
  const owner = challengeOwner(request.subject, 'enroll');
  const current = await context.state.findChallenge(owner);
  // Only give up the enrollment of another address once this code may be sent.
  const isCountedFirst = current !== undefined && !isFor(context, request, current);
  const early = isCountedFirst ? await spend(context, request) : null;
  if (early?.outcome === 'refused')
    return continueEarlier(context, request, await context.state.findChallenge(owner)) ?? early;
  const begun = await begin(context, request);
  if (begun.outcome === 'gone') return begun;
  const spent = early ?? (await spend(context, request));
  if (spent.outcome === 'refused') return giveUpCode(context, request, { ...begun, refused: spent });
  const { challenge, code } = begun;
  const counted = await change(context, request, (codes) => countCode(codes, code.kept.id), challenge);
  if (counted === undefined) return { outcome: 'gone' };
  return deliver(context, request, { challenge: counted, code });
}

function spend(context: FlowContext, { kind, destination, subject }: DeliveredEnrollmentRequest) {
  const { userId, organizationId } = subject;
  return spendSend(context, {
    kind: requireChannel(kind),
    destination,
    userId,
    organizationId,
    purpose: 'enroll',
  });
}

async function begin(context: FlowContext, request: DeliveredEnrollmentRequest): Promise<StoredCode> {
  const { kind, destination, subject, gathered, pendingUntil } = request;
  const owner = challengeOwner(subject, 'enroll');
  const fresh = newEnrollment(context, request, kind, {
    secret: new PlainSecret(destination),
    state: null,
  });
  let code: NewCode | undefined;
  const at = { owner, underPendingLogin: subject.phase === 'pending' };
  const changed = await changeChallenge(context, at, (current) => {
    const enrollment = current !== undefined && isFor(context, request, current) ? current : fresh;
    const { authenticatorId } = enrollment;
    code = makeCode(context, {
      owner,
      authenticatorId,
      kind,
      sentBy: requireChannel(kind),
      destination,
      onFile: gathered.account,
      pendingUntil,
    });
    const { expiresAt } = fresh;
    return { ...enrollment, codes: addCode(enrollment.codes, code.kept), notSent: null, expiresAt };
  });
  if (changed.outcome !== 'changed' || code === undefined) return { outcome: 'gone' };
  return { outcome: 'begun', challenge: changed.challenge, code };
}

/** Whether the current enrollment is for this address. A secret of another kind cannot be opened. */
function isFor(
  { keyRing }: FlowContext,
  { subject, kind, destination }: DeliveredEnrollmentRequest,
  { authenticatorId, sealedSecret }: Challenge,
): boolean {
  const opened = openSecret(keyRing, sealedSecret, { userId: subject.userId, authenticatorId, kind });
  return opened.outcome === 'opened' && opened.secret.reveal() === destination;
}

async function deliver(
  context: FlowContext,
  request: DeliveredEnrollmentRequest,
  begun: { readonly challenge: Challenge; readonly code: NewCode },
): Promise<DeliveredStart> {
  const { kind, destination, gathered, origin, subject } = request;
  const { challenge, code } = begun;
  const { id } = code.kept;
  const by = requireChannel(kind);
  const delivered = await context.delivery.sendCode({
    by,
    code: code.digits,
    purpose: 'enroll',
    userId: subject.userId,
    userName: gathered.account.name,
    organizationId: gathered.account.organizationId,
    language: gathered.account.locale,
    ...(origin === null ? {} : { origin }),
    destinations: { [by]: destination },
    onLate() {
      context.delivery.inBackground(async () => {
        await change(context, request, (codes) => confirmCode(codes, id));
      }, context.options.onError);
    },
  });
  if (delivered.outcome === 'failed' && !mayArrive(delivered)) {
    reportEnrollment(context, request, 'delivery-failed', kind);
    return giveUpCode(context, request, {
      ...begun,
      refused: { outcome: 'refused', because: 'delivery-failed' },
    });
  }
  reportEnrollment(context, request, delivered.outcome === 'sent' ? 'code-sent' : 'delivery-failed', kind);
  reportEnrollment(context, request, 'enrollment-started', kind);
  if (delivered.outcome === 'failed') return { outcome: 'started', challenge, sent: toSent(code.kept) };
  const stored = await change(context, request, (codes) => confirmCode(codes, id), challenge);
  const sent = toSent({ ...code.kept, stage: 'sent' });
  return { outcome: 'started', challenge: stored ?? challenge, sent };
}

/** This code is not sent. A recent earlier one stays valid. */
async function giveUpCode(
  context: FlowContext,
  request: DeliveredEnrollmentRequest,
  without: {
    readonly challenge: Challenge;
    readonly code: NewCode;
    readonly refused: DeliveredStart & { readonly outcome: 'refused' };
  },
): Promise<DeliveredStart> {
  const { challenge, code, refused } = without;
  const stored = await change(context, request, (codes) => dropCode(codes, code.kept.id), challenge);
  return stored === undefined ? { outcome: 'gone' } : (continueEarlier(context, request, stored) ?? refused);
}

/** A second click on the same form: the first one already sent the code. */
function continueEarlier(
  context: FlowContext,
  request: DeliveredEnrollmentRequest,
  current: Challenge | undefined,
): (DeliveredStart & { readonly outcome: 'started' }) | null {
  if (request.resend === true || current === undefined || !isFor(context, request, current)) return null;
  const code = activeCode(current, context.clock.now());
  if (code === undefined) return null;
  return { outcome: 'started', challenge: current, sent: toSent(code, { earlier: true }) };
}

async function change(
  context: FlowContext,
  { subject }: DeliveredEnrollmentRequest,
  rule: (codes: readonly SentCode[]) => readonly SentCode[],
  known?: Challenge,
): Promise<Challenge | undefined> {
  const owner = challengeOwner(subject, 'enroll');
  const at = { owner, underPendingLogin: subject.phase === 'pending', known };
  const changed = await changeChallenge(context, at, (current) =>
    current === undefined ? null : { ...current, codes: rule(current.codes) },
  );
  return changed.outcome === 'changed' ? changed.challenge : undefined;
}
