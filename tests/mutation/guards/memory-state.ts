import { guardsOf, type Guard, type Row } from './guard';

const OF_FILES: Readonly<Record<string, readonly Row[]>> = {
  'background-jobs': [
    [
      'one job at a time',
      'if (standing !== undefined && standing.finishedAt === null) return standing;\n',
      '',
    ],
    ['a finished job makes room', ' && standing.finishedAt === null', ''],
    ['a job is advanced where it is the same', 'stored?.id !== job.id || stored.step', 'stored?.step'],
    ['a job is advanced by one of its workers', ' || stored.step !== job.step - 1', ''],
    ['a finished job is not unfinished', '.filter(({ finishedAt }) => finishedAt === null)\n', '\n'],
  ],
  challenges: [
    [
      'what was spent is over with its owner',
      'const owner = expired ? NOTHING : found;',
      'const owner = found;',
    ],
    [
      'no challenge under a pending login that is gone',
      'if (underPendingLogin && owner.pending === null) return false;\n',
      '',
    ],
    [
      'a challenge does not move the end of a pending login',
      'if (owner.pending !== null) {\n',
      'if (false) {\n',
    ],
    [
      'a delivery is noted for the live challenge only',
      'if (challenge?.id !== issued.id) return false;\n',
      'if (challenge === undefined) return false;\n',
    ],
    [
      'a delivery does not move the end of a pending login',
      'if (owner.pending !== null || delivery.sentAt === null)',
      'if (delivery.sentAt === null)',
    ],
    [
      'an attempt needs a challenge',
      "if (challenge === undefined) return { outcome: 'missing', pending };\n",
      '',
    ],
    ['attempts end', "if (spent >= max) return { outcome: 'exhausted', pending };\n", ''],
    ['an attempt is counted', 'wanted.purpose, spent + 1)', 'wanted.purpose, spent)'],
    ['only the live challenge is consumed', 'if (challenge?.id !== challengeId) return false;\n', ''],
    [
      'a challenge is used up',
      'challenges: withoutEntry(owner.challenges, wanted.purpose),\n        attempts',
      'attempts',
    ],
    [
      'a challenge that ends is gone',
      '{ ...owner, challenges: withoutEntry(owner.challenges, wanted.purpose) }',
      'owner',
    ],
  ],
  'event-log': [
    ['so many events are kept', 'Math.max(tooMany, firstYoung === -1', 'Math.max(0, firstYoung === -1'],
    ['events are kept so long', 'firstYoung === -1 ? log.kept.length : firstYoung', '0'],
    [
      'a page of events begins where the one before ended',
      'number < before &&\n',
      'number < before - 1 &&\n',
    ],
    ['events are of the person', '(userId === undefined || event.userId === userId) &&\n', ''],
    ['events are of the name', ' &&\n          (name === undefined || event.name === name)', ''],
  ],
  'expiring-map': [
    ['what is over is swept', 'if (this.#entries.size >= this.#sweepAt) this.#sweep(life.now);\n', ''],
    ['what is not over is not swept', 'if (expiresAt <= now) this', 'this'],
    [
      'a new value keeps the end of the old one',
      'if (entry !== undefined) entry.value = value;',
      'if (entry !== undefined) this.#entries.set(key, { value, expiresAt: Infinity });',
    ],
  ],
  'kept-notices': [
    ['so many notices are kept', 'for (const oldest of tooMany) waiting.delete(oldest.notice.id);\n', ''],
    ['a notice is taken when it is due', '.filter(({ dueAt }) => dueAt <= now)\n', '\n'],
    ['so many notices are taken', '.slice(0, limit)', ''],
    ['a notice is claimed by one', 'waiting.set(notice.id, { notice, dueAt: untilAt });', 'void notice;'],
    ['a notice that was sent is gone', 'waiting.delete(id);\n', ''],
  ],
  'memory-state': [
    ['a throttle is one under its name', 'if (existing !== undefined) return existing;\n', ''],
  ],
  owners: [['no two ids are taken for one', 'JSON.stringify([userId, ownerId])', 'userId + ownerId']],
  'pending-logins': [
    [
      'a pending login that is gone gets no evidence',
      'if (owner === undefined || owner.pending === null) return false;\n      owners.replace(key, { ...owner, pending: { ...owner.pending, evidence',
      'if (owner === undefined) return false;\n      owners.replace(key, { ...owner, pending: { ...owner.pending!, evidence',
    ],
    ['a pending login that ends is gone', 'owners.delete(ownerKey(userId, id));\n', ''],
  ],
  policies: [
    [
      'a policy is saved over the version that was seen',
      "if (current.version !== expectedVersion) return { outcome: 'conflict', current };\n",
      '',
    ],
    ['a saved policy has a new version', 'version: expectedVersion + 1', 'version: expectedVersion'],
    ['an epoch is established once', 'epochs.get(organizationId) ?? candidate', 'candidate'],
  ],
  sends: [
    ['a budget of nothing sends nothing', 'if (max < 1) return seconds;\n', ''],
    [
      'sends that fill a window are refused',
      'if (longest !== undefined && longest.seconds > 0) {',
      'if (false) {',
    ],
    ['a send is counted in each budget', '[now, ...(sends.get(key) ?? [])]', '[...(sends.get(key) ?? [])]'],
    ['as many sends are known as the largest window holds', '.slice(0, kept)', '.slice(0, 1)'],
    ['the longest wait is the one', 'b.seconds - a.seconds', 'a.seconds - b.seconds'],
  ],
  'sent-messages': [
    ['a message is taken once', 'messages.delete(messageId);\n      return', 'return'],
    ['a message is over at its end', ' || Date.now() >= entry.expiresAt', ''],
    ['so many messages are kept', 'if (messages.size <= MOST) break;', 'break;'],
  ],
  sessions: [
    [
      'a session that was ended is not continued',
      'if (continues !== undefined && sessions.get(userId)?.has(continues) !== true) return;\n',
      '',
    ],
    ['a session that is continued is over', '&& handle !== continues ', ''],
    ['a session that is over makes room', ' && now < expiresAt', ''],
    ['an old session makes room', '.slice(0, MAX_SESSIONS_PER_USER - 1)', ''],
    [
      'what a login began is over with it',
      'if (ended !== undefined) owners.delete(ownerKey(userId, ended));\n',
      '',
    ],
    ['a session that ended is not revived by a touch', 'if (entry === undefined) return false;\n', ''],
    ['a session is seen later, never earlier', 'Math.max(entry.seenAt, seenAt)', 'seenAt'],
    ['a session that ends takes its challenges with it', 'owners.delete(ownerKey(userId, handle));\n', ''],
    ['a session that ends is gone', 'rest.delete(handle)', 'rest.has(handle)'],
    ['ending the others spares this one', 'kept === undefined ? [] : [[keepHandle, kept]]', '[]'],
    [
      'ending the others ends them',
      'sessions.replace(userId, new Map(kept === undefined ? [] : [[keepHandle, kept]]));\n',
      '',
    ],
  ],
  'unlock-links': [
    [
      'a link that ends is gone',
      'return links.delete(tokenHash);',
      'return links.get(tokenHash) !== undefined;',
    ],
  ],
};

/** What the rest of the stores in memory refuse: limits, single use, ends. */
export const MEMORY_STATE: readonly Guard[] = Object.entries(OF_FILES).flatMap(([file, rows]) =>
  guardsOf('in memory', {
    file: `src/stores/memory/${file}.ts`,
    tests: ['tests/contract/memory-stores.test.ts'],
    rows,
  }),
);
