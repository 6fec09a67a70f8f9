import type { MemberState } from '../../core/member-state';
import type { StateBadge } from '../admin-member-views';
import { dayOf } from '../moments';
import { kindName } from './words';

/** How a member stands, as icon and words; what needs attention comes first. */
export function stateBadges(state: MemberState): readonly StateBadge[] {
  const badges: StateBadge[] = [];
  if (state.lockedUntil !== undefined) badges.push({ tone: 'bad', icon: 'locked', text: 'Locked' });
  if (state.exemption !== undefined) badges.push({ tone: 'neutral', icon: 'clock', text: 'Exempt' });
  if (state.configured) badges.push({ tone: 'good', icon: 'good', text: 'On' });
  else if (state.federated) badges.push({ tone: 'neutral', icon: 'people', text: 'Single sign-on' });
  else if (state.exemption === undefined) {
    badges.push({ tone: 'attention', icon: 'attention', text: 'Not configured' });
  }
  if (state.inGrace) badges.push({ tone: 'neutral', icon: 'clock', text: 'In grace' });
  return badges;
}

/** What the member proves with, or why there is nothing. */
export function methodWords(state: MemberState): string {
  const { kinds, exemption, federated, inGrace, graceUntil, skipsLeft, assignedKind } = state;
  const until =
    exemption === undefined ? null : `exempt until ${dayOf(exemption.until).text} · ${exemption.reason}`;
  if (kinds.length > 0) {
    const named = kinds.map((kind) => kindName(kind)).join(', ');
    return until === null ? named : `${named} · ${until}`;
  }
  if (until !== null) return until;
  if (federated) return 'handled by the provider';
  if (inGrace) {
    const date = graceUntil === undefined ? [] : [`until ${dayOf(graceUntil).text}`];
    const count = skipsLeft === undefined ? [] : [`${skipsLeft} ${skipsLeft === 1 ? 'skip' : 'skips'} left`];
    return ['may put it off', ...date, ...count].join(', ');
  }
  return assignedKind === undefined ? '—' : `${kindName(assignedKind)} assigned, not set up yet`;
}
