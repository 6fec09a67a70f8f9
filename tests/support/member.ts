import { createHttpAgent } from './http-agent';
import type { HttpAgent } from './http-agent';
import { PASSWORD } from './portal';
import type { Portal, PortalUser } from './portal';
import { totpCode } from './totp';

/** A person at the portal, speaking JSON. */
export interface Member extends HttpAgent {
  logIn(username: string, password?: string): ReturnType<HttpAgent['postJson']>;
  /** The six digits of the newest message to an address. */
  newestCode(to: string): string;
}

export function visit(portal: Portal): Member {
  const agent = createHttpAgent(portal.app);
  return {
    ...agent,
    logIn: (username, password = PASSWORD) => agent.postJson('/mfa/login', { username, password }),
    newestCode(to) {
      const message = portal.outbox.messages.findLast((kept) => kept.to === to);
      const code = /\b(\d{6})\b/.exec(message?.text ?? '')?.[1];
      if (code === undefined) throw new Error(`No code was sent to ${to}.`);
      return code;
    },
  };
}

let people = 0;

/** Somebody whom no other test knows, with an address and a phone of their own. */
export function addPerson(portal: Portal, fields: Partial<PortalUser> = {}): PortalUser {
  people += 1;
  const id = `person-${people}`;
  const email = `${id}@acme.example`;
  const phone = `+4420794${String(60_000 + people)}`;
  const person = {
    id,
    username: id,
    name: id,
    password: PASSWORD,
    organizationId: 'acme',
    email,
    phone,
    ...fields,
  };
  portal.users.set(person.id, person);
  return person;
}

/** Logs a member of a `required` organization in for the first time and enrolls an app. */
export async function enrollApp(
  portal: Portal,
  username: string,
): Promise<{ readonly member: Member; readonly secret: string; readonly recoveryCodes: readonly string[] }> {
  const member = visit(portal);
  await member.logIn(username);
  const started = await member.postJson('/mfa/enroll/totp');
  const secret: string = started.body.totp.secret;
  const confirmed = await member.postJson('/mfa/enroll/totp/confirm', {
    code: totpCode(secret, portal.clock.now()),
  });
  if (confirmed.body.outcome !== 'enrolled')
    throw new Error(`Enrollment failed: ${JSON.stringify(confirmed.body)}`);
  portal.clock.advance(30_000);
  return { member, secret, recoveryCodes: confirmed.body.recoveryCodes };
}
