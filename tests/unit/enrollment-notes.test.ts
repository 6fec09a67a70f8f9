import { anAuthenticator } from '../contract/samples';
import { memoryRecords } from '../support/records';
import { EnrollmentNotes } from '../../src/flows/enrollment/enrollment-notes';

describe('a user table that never answers', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('holds nobody up for longer than five seconds, and is told again', async () => {
    const errors: unknown[] = [];
    let noted = 0;
    const notes = new EnrollmentNotes({
      directory: {
        noteEnrolled() {
          noted += 1;
          return noted === 1 ? new Promise(() => undefined) : Promise.resolve();
        },
      },
      records: memoryRecords(),
      onError: (error) => errors.push(error),
    });
    const first = notes.note('ada', true);
    await jest.advanceTimersByTimeAsync(4999);
    expect(errors).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    await first;
    expect(errors).toMatchObject([{ code: 'user-unavailable' }]);
    await notes.retry();
    expect(noted).toBe(2);
    await notes.retry();
    expect(noted).toBe(2);
  });

  it('is told later what the records say by then', async () => {
    let isBroken = true;
    const noted: [userId: string, enrolled: boolean][] = [];
    const records = memoryRecords();
    const notes = new EnrollmentNotes({
      directory: {
        async noteEnrolled(userId, enrolled) {
          if (isBroken) throw new Error('The table is locked.');
          noted.push([userId, enrolled]);
        },
      },
      records,
      onError: () => undefined,
    });
    await notes.note('ada', false);
    await notes.note('mary', true);
    await records.addAuthenticator('ada', anAuthenticator());
    isBroken = false;
    await notes.retry();
    expect(new Map(noted)).toEqual(
      new Map([
        ['ada', true],
        ['mary', false],
      ]),
    );
    expect(noted).toHaveLength(2);
  });

  it('is told of ten thousand people later, not of more', async () => {
    let isBroken = true;
    const noted = new Set<string>();
    const notes = new EnrollmentNotes({
      directory: {
        async noteEnrolled(id) {
          if (isBroken) throw new Error('The table is locked.');
          noted.add(id);
        },
      },
      records: memoryRecords(),
      onError: () => undefined,
    });
    for (let n = 0; n <= 10_000; n += 1) await notes.note(`person-${n}`, false);
    isBroken = false;
    await notes.retry();
    expect([noted.size, noted.has('person-0'), noted.has('person-1')]).toEqual([10_000, false, true]);
  });
});

describe('a person who lost a factor', () => {
  function notesOf(whileNoting: (userId: string) => Promise<unknown> = async () => undefined) {
    const records = memoryRecords();
    const noted: [userId: string, enrolled: boolean][] = [];
    const notes = new EnrollmentNotes({
      directory: {
        async noteEnrolled(userId, enrolled) {
          noted.push([userId, enrolled]);
          if (!enrolled) await whileNoting(userId);
        },
      },
      records,
      onError: () => undefined,
    });
    return { records, notes, noted };
  }

  it('is noted as having none, or not at all where another factor is left', async () => {
    const { records, notes, noted } = notesOf();
    await records.addAuthenticator('ada', anAuthenticator());
    await notes.noteIfNone('ada');
    await notes.noteIfNone('mary');
    expect(noted).toEqual([['mary', false]]);
  });

  it('is noted as enrolled again where a factor is bound at the same moment', async () => {
    const { records, notes, noted } = notesOf((userId) =>
      records.addAuthenticator(userId, anAuthenticator()),
    );
    await notes.noteIfNone('ada');
    expect(noted).toEqual([
      ['ada', false],
      ['ada', true],
    ]);
  });
});
