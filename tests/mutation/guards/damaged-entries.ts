import { guardsOf, type Guard, type Row } from './guard';

const TESTS = [
  'tests/contract/redis-damaged-entries.test.ts',
  'tests/contract/redis-damaged-records.test.ts',
  'tests/unit/redis-replies.test.ts',
];

const OF_FILES: Readonly<Record<string, readonly Row[]>> = {
  sessions: [
    ['the entry of a session is text', "if (typeof entry !== 'string') throw unreadable('a session');\n", ''],
    [
      'a session that is touched was seen at an instant',
      "if not before then error('UNREADABLE session') end\n",
      '',
    ],
  ],
  'member-indexes': [
    [
      'the counts of a day have their form',
      "if (!checked.success) throw unreadable('counts of a day', checked.error);\n",
      '',
    ],
  ],
  'remembered-browsers': [
    ['a browser that is used was written', "if not current then error('UNREADABLE browser') end\n", ''],
    [
      'the outcome for a browser is one',
      "if (outcome !== 'used' && outcome !== 'replayed') throw unreadable('a remembered browser');\n",
      '',
    ],
    [
      'a browser has its form',
      "if (tokenHash === undefined || json === undefined) throw unreadable('a remembered browser');\n",
      '',
    ],
    ['the rest of a browser is a list', '!Array.isArray(rest) || ', ''],
    ['the rest of a browser is whole', ' || rest.length !== 4', ''],
  ],
  sends: [
    [
      'the wait for a send is a number',
      "if (Number.isNaN(milliseconds)) throw unreadable('instants of sending');\n",
      '',
    ],
  ],
  'recovery-codes': [
    [
      'the hash of a recovery code is text',
      "if (typeof codeHash !== 'string') throw unreadable('a recovery code');\n",
      '',
    ],
  ],
  members: [['an epoch is text', "if (typeof epoch !== 'string') throw unreadable('an epoch');\n", '']],
  guesses: [
    [
      'the outcome of a guess is one',
      "if (outcome !== 'spent') throw unreadable('a count of guesses');\n",
      '',
    ],
    ['a lock has an end', "outcome === 'locked' && lockedUntil !== null", "outcome === 'locked'"],
  ],
  'kept-notices': [
    ['a notice has an id', "typeof id !== 'string' || ", ''],
    ['a notice is for somebody', " || typeof userId !== 'string'", ''],
    ['a notice is of an organization', "typeof organizationId !== 'string' || ", ''],
    ['a notice has an address', " || typeof sealedAddress !== 'string'", ''],
    ['a notice says something', "typeof body !== 'string' || ", ''],
    ['a notice was kept at an instant', '!isInstant(keptAt) || ', ''],
    ['the attempts of a notice are a number', ' || !isInstant(attempts)', ''],
  ],
  'background-jobs': [
    ['a job is text', "if (typeof text !== 'string') throw unreadable('a job');\n", ''],
    ['a job has its form', '!checked.success || checked', 'checked'],
    ['a job is of the organization', ' || checked.data.organizationId !== organizationId', ''],
  ],
  'sent-messages': [
    ['a sent message is for somebody', "typeof userId !== 'string' || ", ''],
    ['a sent message has an owner', " || typeof ownerId !== 'string'", ''],
    ['a sent message has a challenge', "typeof challengeId !== 'string' || ", ''],
    ['a sent message has a purpose', ' || !isPurpose(purpose)', ''],
  ],
  'unlock-links': [
    ['an unlock link is for somebody', "typeof userId !== 'string' || ", ''],
    ['an unlock link ends at an instant', ' || !isInstant(expiresAt)', ''],
  ],
};

const entries = Object.entries(OF_FILES).flatMap(([file, rows]) =>
  guardsOf('Redis, damaged', { file: `src/stores/redis/${file}.ts`, tests: TESTS, rows }),
);

const OF_SLOTS: readonly Row[] = [
  [
    'a grant has a person, a handle and an epoch',
    'if (userId === undefined || handle === undefined || userEpoch === undefined) throw unreadable();\n',
    '',
  ],
  [
    'a grant has a mark and organizations',
    'if (grantedIn === undefined || organizations === undefined) throw unreadable();\n',
    '',
  ],
  ['a grant began at an instant', 'startedAt === null || ', ''],
  ['a grant was seen at an instant', ' || seenAt === null', ''],
  ['a grant has evidence', 'evidence === null || ', ''],
  ['a grant was skipped or not', " || (skipped !== 's' && skipped !== '-')", ''],
  [
    'a grant has an epoch for each organization',
    'if (id === undefined || epoch === undefined) throw unreadable();\n',
    '',
  ],
];

const slots = guardsOf('a session, damaged', {
  file: 'src/http/session-slot-text.ts',
  tests: ['tests/unit/http/session-slot-text.test.ts'],
  rows: OF_SLOTS,
});

/** The readers of the rest that others may have written, into Redis or into a session. */
export const DAMAGED_ENTRIES: readonly Guard[] = [...entries, ...slots];
