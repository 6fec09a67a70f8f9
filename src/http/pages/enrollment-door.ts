import type { EnrollableKind } from '../../core/factor-kind';
import type { Gathered } from '../../flows/gather-facts';
import { gatherSetupFacts } from '../../flows/gather-setup-facts';
import { mayEnroll } from '../../flows/may-enroll';
import type { EnrollmentLeave } from '../../flows/may-enroll';
import { MfaError } from '../../errors';
import { administeredBy } from '../administered-policy';
import { readSlot } from '../session-slot';
import { answerRefusal, refuse, show } from './page-route';
import type { KnownPageRequest } from './page-route';

/** Leave to enroll, with the facts it rests on. */
export interface EnrollmentDoor {
  readonly gathered: Gathered;
  readonly kinds: readonly EnrollableKind[];
  readonly because: (EnrollmentLeave & { outcome: 'may-enroll' })['because'];
  readonly pendingUntil: number | null;
}

/** Opens the way to one kind of enrollment, or answers why it stays shut. */
export async function openEnrollment(
  page: KnownPageRequest,
  kind: EnrollableKind | null,
): Promise<EnrollmentDoor | null> {
  const { context, visitor, req } = page;
  const gathered = await gatherSetupFacts(context, { ...visitor, findAdministered: administeredBy(page) });
  const slot = readSlot(req);
  const leave = mayEnroll(visitor.bearer, gathered, slot.wizard !== undefined);
  if (leave.outcome === 'feature-off') throw new MfaError('not-found', 'There is nothing here.');
  if (leave.outcome === 'refused') {
    await refuse(page, leave.decision);
    return null;
  }
  if (kind !== null && !isOffered(leave.kinds, kind, slot.wizard?.backupPhone === 'asked')) {
    const refusal = { because: 'method-not-offered', status: 403 };
    await answerRefusal(page, refusal, (status) => showNotOffered(page, status));
    return null;
  }
  return {
    gathered,
    kinds: leave.kinds,
    because: leave.because,
    pendingUntil: slot.login?.expiresAt ?? null,
  };
}

/** The wizard's backup phone is asked for whatever method was assigned. */
function isOffered(
  kinds: readonly EnrollableKind[],
  kind: EnrollableKind,
  backupPhoneAsked: boolean,
): boolean {
  return kinds.includes(kind) || (kind === 'sms' && backupPhoneAsked);
}

function showNotOffered(page: KnownPageRequest, status: number): Promise<void> {
  return show(
    page,
    'message',
    {
      tone: 'attention',
      heading: 'Not offered here',
      paragraphs: ['Your organization does not offer that method. Choose another one.'],
      retryAt: null,
      action: { label: 'See what is offered', path: `${page.context.options.pagesPath}/enroll` },
      secondary: null,
    },
    status,
  );
}
