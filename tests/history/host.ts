import type { Fleet, HttpAnswer } from './fleet';
import type { Act, Answer, Call, Recorder } from './history';
import type { Person } from './person';
import { listFactors, toAnswer, type Read } from './read-answer';

/** What an administrator of the host does in code, in any process. */
export function createHost({
  name,
  fleet,
  recorder,
  pickProcess,
  tick,
  nextRevision,
}: {
  readonly name: string;
  readonly fleet: Fleet;
  readonly recorder: Recorder;
  readonly pickProcess: () => number;
  readonly tick: () => void;
  readonly nextRevision: () => number;
}) {
  function post(
    act: Act,
    {
      person,
      path,
      body = {},
      read = () => ({}),
      process = pickProcess(),
    }: {
      readonly person: Person;
      readonly path: string;
      readonly body?: object;
      readonly read?: Read;
      readonly process?: number;
    },
  ): Promise<Call> {
    tick();
    const asked = { process, person: person.id, browser: `host of ${name}`, login: null, act };
    return recorder.record(asked, async () =>
      toAnswer(await fleet.send(process, { method: 'POST', path, body }), read),
    );
  }

  return {
    endAll: (person: Person) => post({ kind: 'end-all' }, { person, path: `/host/end-all/${person.id}` }),
    endOrganization: (person: Person) =>
      post({ kind: 'end-organization' }, { person, path: '/host/end-organization' }),
    reset: (person: Person) => post({ kind: 'reset' }, { person, path: `/host/reset/${person.id}` }),
    unlock: (person: Person) => post({ kind: 'unlock' }, { person, path: `/host/unlock/${person.id}` }),
    async savePolicy(person: Person, enrollment: string) {
      const revision = nextRevision();
      const body = { revision, enrollment };
      return post(
        { kind: 'save-policy', revision },
        { person, path: '/host/save-policy', body, read: isSaved },
      );
    },
    readPolicy: (person: Person, process?: number) =>
      post(
        { kind: 'read-policy' },
        {
          person,
          path: '/host/read-policy',
          read: ({ body }) => ({ revision: Number(body['revision']) }),
          ...(process === undefined ? {} : { process }),
        },
      ),
    inspect: (person: Person, process?: number) =>
      post(
        { kind: 'inspect' },
        {
          person,
          path: `/host/inspect/${person.id}`,
          read: (response) => ({
            factors: [...listFactors(response)].map(({ label }) => label),
            recoveryCodesLeft: Number(response.body['recoveryCodesLeft']),
          }),
          ...(process === undefined ? {} : { process }),
        },
      ),
  };
}

export type Host = ReturnType<typeof createHost>;

function isSaved({ body }: HttpAnswer): Partial<Answer> {
  return body['outcome'] === 'saved' ? {} : { verdict: 'no' };
}
