import { guardsOf, type Guard, type Row } from './guard';

const TESTS = [
  'tests/contract/redis-damaged-records.test.ts',
  'tests/contract/redis-damaged-entries.test.ts',
  'tests/contract/redis-nonsense.test.ts',
  'tests/unit/redis-replies.test.ts',
];

const OF_FILES: Readonly<Record<string, readonly Row[]>> = {
  'member-hash': [
    [
      'a switch of a member is on or off',
      "if (typeof enabled !== 'boolean') throw unreadable('member settings');\n",
      '',
    ],
    [
      'an assigned kind is one that may be enrolled',
      "if (assignedKind !== null && !isEnrollableKind(assignedKind)) throw unreadable('member settings');\n",
      '',
    ],
    ['an exemption has a reason', "typeof reason !== 'string' || ", ''],
    ['an exemption has an author', " || typeof grantedBy !== 'string'", ''],
    ['an exemption began at an instant', '!isInstant(grantedAt) || ', ''],
    ['an exemption ends at an instant', ' || !isInstant(until)', ''],
    [
      'a spent channel has an end and a channel',
      "if (until === undefined || channel === undefined) throw unreadable('a spent channel');\n",
      '',
    ],
    ['an authenticator has a kind', '!isEnrollableKind(kind) || ', ''],
    ['an authenticator was made at an instant', ' || !isInstant(createdAt)', ''],
    ['an authenticator has a label', 'label === undefined || ', ''],
    ['an authenticator has a secret', ' || sealedSecret === undefined', ''],
    [
      'a masked destination is text',
      "if (maskedDestination !== null && typeof maskedDestination !== 'string')\n    throw unreadable('an authenticator');\n",
      '',
    ],
  ],
  'owner-hash': [
    ['a pending login has an organization', 'isNothing(organizationId) || ', ''],
    ['a pending login has evidence', 'isNothing(evidence) || ', ''],
    [
      'a pending login has an end',
      'isNothing(evidence) || isNothing(expiresAt))\n',
      'isNothing(evidence))\n',
    ],
    ['a pending login has the epoch of its user', 'isNothing(user) || ', ''],
    ['a pending login has the epoch of its organization', ' || isNothing(organization)) throw', ') throw'],
    [
      'evidence is what was written',
      "if (evidence === null) throw unreadable('evidence');",
      'if (evidence === null) return [];',
    ],
    ['a challenge is of a kind', 'factor === undefined || ', ''],
    ['a challenge names its kind', 'isNothing(kind) || ', ''],
    ['a challenge has an end', ' || isNothing(expiresAt)) throw', ') throw'],
    [
      'a delivery is what was written',
      "if (by === undefined || at === undefined) throw unreadable('a delivery');\n",
      '',
    ],
  ],
  'session-entry': [
    ['a session was seen at an instant', 'seenAt === null || ', ''],
    ['a session began at an instant', 'startedAt === null || ', ''],
    ['a session ends at an instant', ' || expiresAt === null) throw', ') throw'],
    [
      'a session has an organization and the epoch of its user',
      "if (organizationId === undefined || user === undefined) throw unreadable('a session');\n",
      '',
    ],
    [
      'a session has the epoch of its organization and an address',
      "if (organization === undefined || address === undefined) throw unreadable('a session');\n",
      '',
    ],
    ['a session rests on methods', "if (method === undefined) throw unreadable('a session');\n", ''],
  ],
  replies: [
    ['a list is one', 'if (!Array.isArray(reply)) throw unreadable(what);\n', ''],
    ['a hash is one', 'if (!isHash(reply)) throw unreadable(what);\n', ''],
    ['no text is no number', "text === '' || ", ''],
    ['a number is whole', ' || !Number.isSafeInteger(value)', ''],
    ['what is no JSON is not read', 'throw unreadable(what, cause);', 'return {};'],
    ['an object is one', 'if (!isObject(value)) throw unreadable(what);\n', ''],
    ['an instant is a whole number', ' && Number.isSafeInteger(value)', ''],
  ],
  'event-log': [
    ['events are a list', "if (!Array.isArray(reply)) throw unreadable('events');\n", ''],
    [
      'an entry of the events has an id and fields',
      "if (!Array.isArray(entry) || typeof entry[0] !== 'string' || !Array.isArray(entry[1]))\n    throw unreadable('an event');\n",
      '',
    ],
    ['an event stands in its field', "field !== 'event' || ", ''],
    ['an event is text', " || typeof text !== 'string') throw", ') throw'],
    ['an event has its form', '!isEvent(event) || ', ''],
    ['an event is of the organization', ' || event.organizationId !== organizationId', ''],
    ['an event has a name', "typeof value['name'] === 'string' &&\n", ''],
    ['an event was at an instant', "isInstant(value['at']) &&\n", ''],
    ['the person of an event is text', "isOptionalText(value['userId']) &&\n", ''],
    ['the author of an event is text', "isOptionalText(value['actorId']) &&\n", ''],
    ['the address of an event is text', "isOptionalText(value['address']) &&\n", ''],
    ['the details of an event are an object', " &&\n    isObject(value['details'])", ''],
  ],
  policies: [
    ['a policy has its form', "if (!checked.success) throw unreadable('a policy', checked.error);\n", ''],
    [
      'a policy is of the organization',
      "if (checked.data.organizationId !== organizationId) throw unreadable('a policy of this organization');\n",
      '',
    ],
    [
      'a version has its policy',
      "if (isNothing(text) && !isNothing(version)) throw unreadable('a policy');\n",
      '',
    ],
  ],
  script: [['a counter is a number', "if not number then error('${UNREADABLE} number') end\n", '']],
};

/** The readers of what others may have written into Redis. */
export const DAMAGED_RECORDS: readonly Guard[] = Object.entries(OF_FILES).flatMap(([file, rows]) =>
  guardsOf('Redis, damaged', { file: `src/stores/redis/${file}.ts`, tests: TESTS, rows }),
);
