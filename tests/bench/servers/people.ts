import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** A user of the app that is measured. The rivals have the same people with the same passwords and secrets. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly organizationId: string;
  readonly mfaEnrolled: boolean;
}

export const PASSWORD = 'correct horse battery staple';
export const ORGANIZATION = 'acme';
/** The key that every server of the bench seals and signs with; it protects nothing. */
export const BENCH_KEY = 'BZNAa8vgZOyHkpe8SZ/0yg81YYMdfXHVYqKRkJOij6g=';

export const idOf = (index: number): string => `u${index}`;
export const emailOf = (index: number): string => `user${index}@acme.example`;

/** The secret of an authenticator app: 20 bytes. */
export const totpKeyOf = (index: number): Buffer =>
  createHash('sha1').update(`authenticator of ${index}`).digest();

export interface People {
  findById(id: string): Person | undefined;
  verify(email: string, password: string): Promise<Person | false>;
}

/** So many people, in memory. `cheap` passwords cost next to nothing, where hashing is not what is measured. */
export async function createPeople(count: number, hashing: 'cheap' | 'scrypt'): Promise<People> {
  const byId = new Map<string, Person>();
  const byEmail = new Map<string, Person>();
  for (let index = 0; index < count; index += 1) {
    const name = `User ${index}`;
    const person: Person = {
      id: idOf(index),
      name,
      email: emailOf(index),
      organizationId: ORGANIZATION,
      mfaEnrolled: true,
    };
    byId.set(person.id, person);
    byEmail.set(person.email, person);
  }
  const salt = randomBytes(16);
  const hash = hashing === 'cheap' ? hashCheaply : (password: string) => hashDearly(password, salt);
  const expected = await hash(PASSWORD);
  return {
    findById: (id) => byId.get(id),
    async verify(email, password) {
      const person = byEmail.get(email);
      const right = timingSafeEqual(await hash(password), expected);
      return person !== undefined && right ? person : false;
    },
  };
}

const hashCheaply = async (password: string): Promise<Buffer> =>
  createHash('sha256').update(password).digest();

function hashDearly(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, 32, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
