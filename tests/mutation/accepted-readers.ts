import type { Accepted } from './trial';

/** Checks of stored records whose removal no test can tell, since another refuses the same, and why each stays. */
export const ACCEPTED_READERS: readonly Accepted[] = [
  {
    file: 'member-hash.ts',
    line: 'channel === undefined',
    from: "if (until === undefined || channel === undefined) throw unreadable('a spent channel');\n",
    to: '',
    reason: 'said for the compiler: an end that is not there is no number, which is refused next',
  },
  {
    file: 'owner-hash.ts',
    line: 'isNothing(kind)',
    from: 'isNothing(kind) || ',
    to: '',
    reason: 'said for the compiler: what has no letter is of no kind, which is refused before',
  },
  {
    file: 'owner-hash.ts',
    line: 'by === undefined',
    from: "if (by === undefined || at === undefined) throw unreadable('a delivery');\n",
    to: '',
    reason: 'said for the compiler: an instant that is not there is no number, which is refused next',
  },
  {
    file: 'session-entry.ts',
    line: 'organizationId === undefined',
    from: "if (organizationId === undefined || user === undefined) throw unreadable('a session');\n",
    to: '',
    reason: 'said for the compiler: what ends before these has no address either, which is refused next',
  },
  {
    file: 'sessions.ts',
    line: 'if not before',
    from: "if not before then error('UNREADABLE session') end\n",
    to: '',
    reason: 'Lua stops where it compares nothing with a number, which is told as the same; both stay',
  },
  {
    file: 'remembered-browsers.ts',
    line: 'if not current',
    from: "if not current then error('UNREADABLE browser') end\n",
    to: '',
    reason: 'Lua stops where it compares nothing with a number, which is told as the same; both stay',
  },
  {
    file: 'remembered-browsers.ts',
    line: 'tokenHash === undefined',
    from: "if (tokenHash === undefined || json === undefined) throw unreadable('a remembered browser');\n",
    to: '',
    reason: 'said for the compiler: what is not there is no JSON, which is refused next',
  },
  {
    file: 'remembered-browsers.ts',
    line: '!Array.isArray(rest)',
    from: '!Array.isArray(rest) || ',
    to: '',
    reason: 'said for the compiler: what is no list is refused where its texts are read',
  },
  {
    file: 'session-slot-text.ts',
    line: 'userId === undefined',
    from: 'if (userId === undefined || handle === undefined || userEpoch === undefined) throw unreadable();\n',
    to: '',
    reason: 'said for the compiler: a grant that ends before these has no instants either',
  },
  {
    file: 'session-slot-text.ts',
    line: 'grantedIn === undefined',
    from: 'if (grantedIn === undefined || organizations === undefined) throw unreadable();\n',
    to: '',
    reason: 'said for the compiler: a grant that ends before these has no instants either',
  },
  {
    file: 'memory/remembered-browsers.ts',
    line: 'previousTokenHash === null',
    from: 'previousTokenHash === null || now',
    to: 'now',
    reason: 'said for the compiler: among the tokens that are sent there is never none',
  },
];
