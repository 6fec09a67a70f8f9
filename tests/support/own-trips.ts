import type { Traffic } from './redis-proxy';

/** Whether it reads or writes a session of express-session, alone or among other reads. */
function isOfSession(command: readonly string[]): boolean {
  return command.some((word) => word.startsWith('mfa:session:'));
}

/** Trips that the package adds to those of the session: a trip shared with the session is not one more. */
export function ownTrips({ roundTrips, commands }: Traffic): number {
  return roundTrips - commands.filter((command) => isOfSession(command)).length;
}
