import { groupBy, type Finding } from './finding';
import { isBefore, type Act, type Call } from './history';

/** What a call by a session or a pending login shows: that it is still alive. */
const SIGNS_OF_LIFE = new Set(['visit', 'proof', 'enroll', 'skip', 'remove', 'end-others']);

/** After the end of a session was confirmed, nothing answers by it. Pending logins end with their person's sessions. */
export function endForGood(calls: readonly Call[]): readonly Finding[] {
  const confirmed = calls.filter(({ answer }) => answer.verdict === 'yes');
  const ofLogins = groupBy(
    confirmed.filter(({ login, act }) => login !== null && SIGNS_OF_LIFE.has(act.kind)),
    ({ login }) => login,
  );
  const begun = new Map(
    calls.filter(({ act }) => act.kind === 'password').map((call) => [call.login, call] as const),
  );
  const ends = confirmed.filter((call) => scopeOf(call) !== null);
  return [...ofLogins].flatMap(([login, alive]) => {
    const password = begun.get(login);
    const entered = alive[0];
    if (password === undefined || entered === undefined) return [];
    for (const call of alive) {
      const end = ends.find((one) => isBefore(one, call) && doesEnd(one, { password, entered }));
      if (end === undefined) continue;
      const says = `${login} answered ${call.act.kind} after ${end.act.kind} had ended it.`;
      return [{ rule: 'ended-session', says, calls: [end, call] }];
    }
    return [];
  });
}

type Scope = 'itself' | 'others' | 'person' | 'organization';

const SCOPES: Partial<Readonly<Record<Act['kind'], Scope>>> = {
  'sign-out': 'itself',
  'end-others': 'others',
  enroll: 'others',
  remove: 'others',
  'end-all': 'person',
  reset: 'person',
  'end-organization': 'organization',
};

function scopeOf({ act }: Call): Scope | null {
  if ((act.kind === 'enroll' || act.kind === 'remove') && !act.endsOthers) return null;
  return SCOPES[act.kind] ?? null;
}

/** `entered` is the first answer that only a session gives, or that made it one. */
function doesEnd(
  end: Call,
  { password, entered }: { readonly password: Call; readonly entered: Call },
): boolean {
  const isOwn = end.person === password.person;
  switch (scopeOf(end)) {
    case 'itself':
      return end.login === password.login;
    case 'others':
      return isOwn && end.login !== password.login && isBefore(entered, end);
    case 'person':
      return isOwn && isBefore(password, end);
    case 'organization':
      return isBefore(password, end);
    case null:
      return false;
  }
}
